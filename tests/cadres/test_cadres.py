"""Cadres: statuses, certificate, transfers, bank accounts, and full numbers."""

from datetime import timedelta

import pytest
from cast import make_cast
from databases import NOW
from factories import make_cadre, make_host
from signing_in import post, sign_in
from sqlalchemy import select

from portal.accounts.models import User
from portal.audit import AuditEvent
from portal.cadres.models import BankAccount, Cadre
from portal.cadres.queries.bank_accounts import find_account, is_verified
from portal.cadres.queries.cadres import find_cadre_by_code
from portal.cadres.queries.terms import term_of, terms_in, today_for
from portal.cadres.services.bank_accounts import enter_account, verify_account
from portal.cadres.services.cadres import certify_cadre, change_status
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.points.models import Month
from portal.transfers.services.terms import TermChange, move_cadre, refresh_present


@pytest.fixture
def cast(app):
    return make_cast()


def close(month):
    db.session.add(
        Month(month=month, status="closed", closed_at=NOW, digest="0" * 64, previous_digest="0" * 64)
    )
    db.session.commit()


def test_states_follow_the_table_and_are_audited(cast):
    herman = cast.herman
    with transaction():
        change_status(
            cadre_id=herman.id,
            act="suspend",
            reason="tiga bulan diam",
            version_seen=1,
            by=Signature(cast.actor("fahmi"), NOW),
        )
    assert db.session.get(Cadre, herman.id).status == "suspended"
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "cadre.status_changed")).one()
    assert (event.reason, event.version_seen, event.branch_id) == ("tiga bulan diam", 1, cast.palembang.id)

    with pytest.raises(RuleBroken, match="not_possible"), transaction():
        change_status(
            cadre_id=herman.id,
            act="activate",
            reason="alasan",
            version_seen=2,
            by=Signature(cast.actor("fahmi"), NOW),
        )
    with pytest.raises(RuleBroken, match="changed_meanwhile"), transaction():
        change_status(
            cadre_id=herman.id,
            act="end",
            reason="alasan",
            version_seen=1,
            by=Signature(cast.actor("fahmi"), NOW),
        )


def test_a_certificate_is_of_today_or_before_in_the_cadres_zone(cast):
    tomorrow = today_for(cast.yosef.id, NOW) + timedelta(days=1)
    with pytest.raises(RuleBroken, match="day_in_future"), transaction():
        certify_cadre(cadre_id=cast.yosef.id, certified_on=tomorrow, by=Signature(cast.actor("ratna"), NOW))
    late = NOW.replace(hour=15, minute=30)  # half past midnight in Jayapura, before midnight in Jakarta
    with transaction():
        certify_cadre(cadre_id=cast.yosef.id, certified_on=tomorrow, by=Signature(cast.actor("ratna"), late))
    with pytest.raises(RuleBroken, match="day_in_future"), transaction():
        certify_cadre(cadre_id=cast.herman.id, certified_on=tomorrow, by=Signature(cast.actor("ratna"), late))


def move(cast, month, **change):
    with transaction():
        move_cadre(
            cadre_id=cast.marlina.id,
            from_month=month,
            change=TermChange(**change),
            reason="pindah",
            by=Signature(cast.actor("ratna"), NOW),
        )


def test_a_transfer_holds_from_the_first_day_of_a_month(cast):
    host = make_host()
    move(cast, "2026-10", branch_id=cast.jayapura.id, host_body_id=host.id, npwp_valid=True)

    before, after = term_of(cast.marlina.id, "2026-09"), term_of(cast.marlina.id, "2026-10")
    assert (before.branch_id, before.host_body_id, before.npwp_valid) == (cast.palembang.id, None, False)
    assert (after.branch_id, after.host_body_id, after.npwp_valid) == (cast.jayapura.id, host.id, True)
    present = db.session.get(Cadre, cast.marlina.id)
    assert (present.branch_id, present.host_body_id) == (cast.jayapura.id, host.id)
    assert db.session.get(User, present.user_id).branch_id == cast.jayapura.id
    terms = terms_in("2026-10")
    assert (
        db.session.execute(select(terms.c.branch_id).where(terms.c.cadre_id == cast.marlina.id)).scalar_one()
        == cast.jayapura.id
    )


def test_a_closed_month_takes_no_transfer(cast):
    close("2026-09")
    for month in ("2026-09", "2026-03"):
        with pytest.raises(RuleBroken, match="month_closed"):
            move(cast, month, branch_id=cast.jayapura.id)
    move(cast, "2026-10", branch_id=cast.jayapura.id)


def test_a_transfer_to_come_waits_for_its_month(cast):
    move(cast, "2026-12", branch_id=cast.jayapura.id)
    assert db.session.get(Cadre, cast.marlina.id).branch_id == cast.palembang.id

    with transaction():
        assert refresh_present(at=NOW.replace(month=12, day=1)) == 1
    assert db.session.get(Cadre, cast.marlina.id).branch_id == cast.jayapura.id
    with transaction():
        assert refresh_present(at=NOW.replace(month=12, day=1)) == 0


def test_an_earlier_transfer_reaches_into_the_planned_ones(cast):
    host = make_host()
    move(cast, "2026-12", branch_id=cast.jayapura.id)
    move(cast, "2026-11", host_body_id=host.id)

    later = term_of(cast.marlina.id, "2027-01")
    assert (later.branch_id, later.host_body_id) == (cast.jayapura.id, host.id)


def enter(cast, actor, account="0123 4567 4417"):
    with transaction():
        return enter_account(
            cadre_id=cast.marlina.id,
            bank_code="002",
            account=account,
            holder="MARLINA",
            by=Signature(cast.actor(actor), NOW),
        ).id


def verify(cast, actor, account_id):
    with transaction():
        verify_account(cadre_id=cast.marlina.id, account_id=account_id, by=Signature(cast.actor(actor), NOW))


def test_an_account_is_verified_by_another_than_who_entered_it(cast):
    number = enter(cast, "farah")
    assert not is_verified(find_account(cast.marlina.id))
    with pytest.raises(NotAllowed, match="own_entry"):
        verify(cast, "farah", number)
    with pytest.raises(NotAllowed, match="may_not_verify"):
        verify(cast, "vera", number)
    verify(cast, "omar", number)
    assert is_verified(find_account(cast.marlina.id))


def test_a_changed_account_is_unverified_and_the_same_one_is_not(cast):
    number = enter(cast, "marlina")
    verify(cast, "fahmi", number)
    assert enter(cast, "marlina", "012345674417") == number
    assert is_verified(find_account(cast.marlina.id))

    changed = enter(cast, "marlina", "999988887777")
    assert not is_verified(find_account(cast.marlina.id))
    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        verify(cast, "fahmi", number)
    verify(cast, "fahmi", changed)
    assert [row.is_current for row in db.session.scalars(select(BankAccount).order_by(BankAccount.id))] == [
        False,
        True,
    ]


def test_a_cadre_enters_only_the_own_account(cast):
    with pytest.raises(NotFound), transaction():
        enter_account(
            cadre_id=cast.herman.id,
            bank_code="002",
            account="123456789",
            holder="X",
            by=Signature(cast.actor("marlina"), NOW),
        )


def test_numbers_are_masked_and_a_reveal_is_audited_with_its_purpose(client, cast):
    enter(cast, "marlina")
    sign_in(client, cast.ratna)
    page = f"/cadres/{cast.marlina.id}"
    assert "••••4417" in client.get(page).text
    assert "012345674417" not in client.get(page).text

    assert post(client, f"{page}/reveal", {"number": "account", "purpose": "x"}).status_code == 302
    shown = post(client, f"{page}/reveal", {"number": "account", "purpose": "cocokkan buku tabungan"})
    assert "012345674417" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "number.revealed")).one()
    assert event.reason == "cocokkan buku tabungan"
    assert "4417" not in str(event.details)


def test_finance_sees_no_nik_whole(client, cast):
    sign_in(client, cast.farah)
    form = {"number": "nik", "purpose": "ingin tahu saja"}

    assert post(client, f"/cadres/{cast.marlina.id}/reveal", form).status_code == 403


def test_the_list_keeps_to_the_scope_and_goes_on_page_by_page(client, cast, monkeypatch):
    for n in range(60):
        make_cadre(name=f"Kader {n // 2:02}", branch_id=cast.palembang.id, account=False)
    sign_in(client, cast.fahmi)
    first = client.get("/cadres").text
    assert "Yosef" not in first
    assert "62 kader" in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(older).text
    assert "Marlina Agustina" in second

    assert "Herman" in client.get("/cadres?q=herm").text
    assert "Herman" not in client.get("/cadres?q=herm%25").text


def test_a_new_cadre_is_a_candidate_with_a_first_password(client, cast):
    sign_in(client, cast.fahmi)
    form = {
        "code": "K-77",
        "name": "Rosmala",
        "phone": "0813 5555 0001",
        "branch_id": cast.palembang.id,
        "host_body_id": 0,
    }
    assert post(client, "/cadres/create", form).status_code == 200

    rosmala = find_cadre_by_code("K-77")
    assert (rosmala.status, rosmala.branch_id) == ("candidate", cast.palembang.id)
    assert term_of(rosmala.id, "2015-01").branch_id == cast.palembang.id
    assert db.session.get(User, rosmala.user_id).must_change_password
    assert (
        post(client, "/cadres/create", {**form, "code": "K-78", "branch_id": cast.jayapura.id}).status_code
        == 400
    )
    assert post(client, "/cadres/create", {**form, "phone": "0813 5555 0002"}).status_code == 409


def test_the_alias_is_what_a_board_shows(client, cast):
    sign_in(client, cast.marlina)
    post(client, "/profile/alias/set", {"alias": "  Bunga   Ampera "})

    assert db.session.get(Cadre, cast.marlina.id).alias == "Bunga Ampera"
