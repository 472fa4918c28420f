"""Changed accounts wait, refused accounts are held, and deciding takes a second person (rules.md 8.2, 8.4, 8.5)."""

from datetime import timedelta

import pytest
from cast import make_cast
from factories import LONG_AGO
from paying import (
    NOW,
    OCTOBER,
    approve,
    make_account,
    make_payday,
    make_statements,
    payouts_of,
    prepare,
    record,
    reject,
    sent,
    verify,
)
from signing_in import post, sign_in
from sqlalchemy import select, update

from portal.accounts.models import User
from portal.audit import AuditEvent
from portal.cadres.queries.bank_accounts import find_account
from portal.cadres.services.bank_accounts import enter_account
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import NotAllowed, RuleBroken
from portal.organisation.models import Parameter
from portal.payouts.formats import Result
from portal.payouts.queries.payable import list_unpaid, total_waiting
from portal.payouts.queries.tracking import payment_status
from portal.payouts.services.confirming import confirm_account
from portal.payouts.services.exporting import export_batch
from portal.payouts.services.recording import record_result

DAY = timedelta(days=1)


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def statements(cast):
    return make_payday(cast)


def status_of(statements: dict[str, int], code: str, at=NOW):
    db.session.expire_all()
    return payment_status(statements.values(), at=at)[statements[code]]


def change_account(cast, cadre, number: str = "998877665544", at=NOW, by: str | None = None) -> None:
    actor = cast.actor(by) if by else cast.actor(cadre.code.removeprefix("K-").lower())
    with transaction():
        enter_account(
            cadre_id=cadre.id, bank_code="014", account=number, holder=cadre.name, actor=actor, at=at
        )


def refuse(cast, statements, code: str, reason: str = "Rekening tutup") -> int:
    """Let the bank send a statement's payment back and pay the others; return the batch."""
    batch_id = sent(cast)
    results = [
        Result(row.reference, "failed", reason)
        if row.statement_id == statements[code]
        else Result(row.reference, "paid")
        for row in payouts_of(batch_id).values()
    ]
    record(cast, batch_id, *results)
    return batch_id


def confirm(cast, cadre, by: str, at=NOW + DAY) -> None:
    account = find_account(cadre.id)
    with transaction():
        confirm_account(cadre_id=cadre.id, account_id=account.id, actor=cast.actor(by), at=at)


def test_a_changed_account_waits_three_days_after_its_verification(cast, statements):
    change_account(cast, cast.marlina)
    assert status_of(statements, "K-MARLINA")[:2] == ("held", "held.account_unverified")

    verify(cast, cast.marlina, at=NOW + 2 * DAY)

    assert status_of(statements, "K-MARLINA", NOW + 5 * DAY - timedelta(seconds=1))[:2] == (
        "held",
        "held.account_waiting",
    )
    assert status_of(statements, "K-MARLINA", NOW + 5 * DAY)[:2] == ("payable", None)
    assert prepare(cast, at=NOW + 4 * DAY).payments == 1
    assert prepare(cast, at=NOW + 5 * DAY).payments == 1


def test_a_first_account_does_not_wait(cast):
    make_account(cast.marlina)
    statements = make_statements([(cast.marlina, 30_000)])
    verify(cast, cast.marlina)

    assert status_of(statements, "K-MARLINA")[:2] == ("payable", None)


def test_an_imported_change_waits_too(cast, statements):
    make_account(cast.marlina, number="998877665544", imported_verified=True, verified_at=None)

    assert status_of(statements, "K-MARLINA")[:2] == ("held", "held.account_waiting")
    assert status_of(statements, "K-MARLINA", NOW + 3 * DAY)[0] == "payable"


def test_the_days_of_waiting_are_data(cast, statements):
    make_account(cast.marlina, number="998877665544", verified_by=cast.fahmi.id)
    db.session.execute(update(Parameter).where(Parameter.name == "account_wait_days").values(value=7))
    db.session.commit()

    assert status_of(statements, "K-MARLINA", NOW + 6 * DAY)[:2] == ("held", "held.account_waiting")
    assert status_of(statements, "K-MARLINA", NOW + 7 * DAY)[0] == "payable"


def test_a_payment_that_failed_for_the_accounts_sake_is_held_until_the_account_is_confirmed(cast, statements):
    refuse(cast, statements, "K-HERMAN")
    assert status_of(statements, "K-HERMAN", NOW + 30 * DAY)[:2] == ("held", "held.account_failed")
    with pytest.raises(RuleBroken, match=r"payouts\.nothing_payable"):
        prepare(cast, at=NOW + DAY)

    confirm(cast, cast.herman, "herman")

    assert status_of(statements, "K-HERMAN", NOW + DAY)[:2] == ("failed", "Rekening tutup")
    assert prepare(cast, at=NOW + DAY).payments == 1
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "account.confirmed")).one()
    assert (event.actor_id, event.subject_id) == (cast.herman.user_id, str(find_account(cast.herman.id).id))


def test_a_payment_that_failed_for_the_accounts_sake_goes_to_a_changed_account(cast, statements):
    refuse(cast, statements, "K-HERMAN")
    change_account(cast, cast.herman, at=NOW + DAY)
    assert status_of(statements, "K-HERMAN", NOW + DAY)[:2] == ("held", "held.account_unverified")

    verify(cast, cast.herman, at=NOW + DAY)

    assert status_of(statements, "K-HERMAN", NOW + 4 * DAY)[0] == "failed"
    batch = prepare(cast, at=NOW + 4 * DAY)
    assert [row.account_tail for row in payouts_of(batch.id).values()] == ["5544"]


def test_what_would_go_into_a_refused_account_is_held_with_it(cast, statements):
    november = make_statements([(cast.herman, 70_000)], "2026-11")
    refuse(cast, statements, "K-HERMAN")

    assert status_of(november, "K-HERMAN")[:2] == ("held", "held.account_failed")


def test_a_payment_that_failed_for_another_reason_is_payable_again(cast, statements):
    refuse(cast, statements, "K-HERMAN", "Gangguan jaringan")

    assert status_of(statements, "K-HERMAN")[:2] == ("failed", "Gangguan jaringan")
    assert prepare(cast).payments == 1


def test_a_refusal_after_the_confirmation_holds_again(cast, statements):
    refuse(cast, statements, "K-HERMAN")
    confirm(cast, cast.herman, "ratna", at=NOW)
    batch_id = prepare(cast).id
    approve(cast, batch_id)
    with transaction():
        export_batch(batch_id=batch_id, actor=cast.actor("farah"), at=NOW)
    row = next(iter(payouts_of(batch_id).values()))
    with transaction():
        record_result(
            batch_id=batch_id,
            results=[Result(row.reference, "failed", "Rekening tutup")],
            actor=cast.actor("farah"),
            at=NOW + DAY,
        )

    assert status_of(statements, "K-HERMAN")[:2] == ("held", "held.account_failed")


@pytest.mark.parametrize("name", ["herman", "fahmi", "farah", "ratna"])
def test_the_cadre_and_the_office_may_confirm(cast, statements, name):
    refuse(cast, statements, "K-HERMAN")
    confirm(cast, cast.herman, name)
    confirm(cast, cast.herman, name)  # again changes nothing

    assert status_of(statements, "K-HERMAN")[0] == "failed"
    assert db.session.query(AuditEvent).filter_by(act="account.confirmed").count() == 1


@pytest.mark.parametrize("name", ["marlina", "debora", "vera", "agus"])
def test_nobody_else_confirms(cast, statements, name):
    refuse(cast, statements, "K-HERMAN")

    with pytest.raises(RuleBroken):
        confirm(cast, cast.herman, name)
    assert status_of(statements, "K-HERMAN")[0] == "held"


def test_an_account_that_no_bank_refused_needs_no_word(cast, statements):
    with pytest.raises(RuleBroken, match=r"account\.nothing_to_confirm"):
        confirm(cast, cast.herman, "herman")


def test_another_account_than_the_one_seen_is_not_confirmed(cast, statements):
    refuse(cast, statements, "K-HERMAN")
    seen = find_account(cast.herman.id).id
    change_account(cast, cast.herman)

    with pytest.raises(RuleBroken, match=r"people\.changed_meanwhile"), transaction():
        confirm_account(cadre_id=cast.herman.id, account_id=seen, actor=cast.actor("herman"), at=NOW)


def test_the_cadre_gets_a_task_that_leads_to_the_way_out(client, cast, statements):
    sign_in(client, cast.herman)
    assert "Periksa rekening Anda" not in client.get("/").text
    refuse(cast, statements, "K-HERMAN")

    home = client.get("/").text
    assert "Periksa rekening Anda" in home
    assert 'href="/profile/account/check"' in home
    page = client.get("/profile/account/check").text
    assert "Kata bank: Rekening tutup" in page
    assert "Rp50.000 menunggu" in page
    account = find_account(cast.herman.id)
    answer = post(client, "/profile/account/confirm", {"account_id": account.id}, follow_redirects=True)
    assert "Rekening dinyatakan benar" in answer.text
    assert "Periksa rekening Anda" not in client.get("/").text
    assert "Tidak ada yang perlu diperiksa" in client.get("/profile/account/check").text


def test_the_office_sees_why_nothing_goes_into_an_account(client, cast, statements):
    refuse(cast, statements, "K-HERMAN")
    make_account(cast.marlina, number="998877665544", verified_by=cast.fahmi.id)
    sign_in(client, cast.farah)

    assert "Bank menolak rekening ini, Rp50.000 menunggu" in client.get(f"/cadres/{cast.herman.id}").text
    assert "Uang dikirim ke sini mulai" in client.get(f"/cadres/{cast.marlina.id}").text
    answer = post(
        client,
        f"/cadres/{cast.herman.id}/confirm-account",
        {"account_id": find_account(cast.herman.id).id},
        follow_redirects=True,
    )
    assert "Bank menolak rekening ini" not in answer.text


def made_by(who, by: User, at=NOW - DAY) -> None:
    """Set by whom and when an account was made."""
    db.session.execute(
        update(User)
        .where(User.id == (getattr(who, "user_id", None) or who.id))
        .values(made_by=by.id, created_at=at),
    )
    db.session.commit()


@pytest.mark.parametrize("decide", [approve, reject])
def test_who_made_an_officer_does_not_decide_on_what_that_officer_prepares(cast, statements, decide):
    made_by(cast.farah, cast.omar)
    batch_id = prepare(cast).id

    with pytest.raises(RuleBroken, match=r"second_person\.same_hands"):
        decide(cast, batch_id)


@pytest.mark.parametrize("decide", [approve, reject])
def test_two_officers_made_by_one_admin_do_not_pair_on_a_batch_for_30_days(cast, statements, decide):
    for officer in (cast.farah, cast.omar):
        made_by(officer, cast.ratna)
    batch_id = prepare(cast).id

    with pytest.raises(RuleBroken, match=r"second_person\.same_hands"):
        decide(cast, batch_id)
    assert status_of(statements, "K-HERMAN")[0] == "in_batch"

    approved = approve(cast, batch_id, at=NOW + 30 * DAY)
    assert approved.approved_by == cast.omar.id


def test_who_made_a_cadres_account_does_not_verify_what_it_enters(cast):
    made_by(cast.herman, cast.fahmi)
    make_account(cast.herman)

    with pytest.raises(RuleBroken, match=r"second_person\.same_hands"):
        verify(cast, cast.herman)
    verify(cast, cast.herman, by="farah")
    assert find_account(cast.herman.id).verified_by == cast.farah.id


def test_who_entered_an_account_still_does_not_verify_it(cast):
    change_account(cast, cast.herman, by="ratna", at=LONG_AGO)

    with pytest.raises(NotAllowed):
        verify(cast, cast.herman, by="ratna")


def test_months_that_wait_show_the_same_number_on_the_home_page_and_in_the_list(client, cast, statements):
    make_account(cast.yosef)
    make_statements([(cast.yosef, 61_000)], "2026-11")
    refuse(cast, statements, "K-HERMAN")
    make_statements([(cast.marlina, 10_000)], "2026-12")
    prepare(cast, statement_ids=[list_unpaid(cast.actor("farah"), at=NOW)[-1].id])
    sign_in(client, cast.farah)
    waiting = total_waiting(cast.actor("farah"), at=NOW)

    assert (waiting.ready.count, waiting.held.count) == (0, 2)
    assert prepare_figures(client) == {
        "pembayaran siap dicairkan": 0,
        "daftar menunggu persetujuan": 1,
        "daftar menunggu hasil bank": 0,
        "pembayaran ditahan": 2,
        "di antaranya ditolak bank": 1,
        "rekening belum diperiksa": 1,
    }
    assert OCTOBER


def prepare_figures(client) -> dict[str, int]:
    """Read the home page's figures, and compare each with the list that it links to."""
    import re

    home = client.get("/").text
    found = {}
    for number, address, words in re.findall(
        r'<b class="fig s">([\d.]+)</b><a [^>]*?href="([^"]+)"[^>]*>([^<]+)</a>', home
    ):
        found[words] = int(number.replace(".", ""))
        page = client.get(address.replace("&amp;", "&").split("#")[0])
        assert page.status_code == 200
        if words == "daftar menunggu persetujuan":
            assert page.text.count("PC-2026-") == found[words]
        if "held" in address:
            assert len(re.findall(r'href="/cadres/\d+"', page.text)) == found[words]
        if "account=unverified" in address:
            assert len(re.findall(r'href="/cadres/\d+"', page.text)) == found[words]
    return found
