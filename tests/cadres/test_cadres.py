"""Cadres: statuses, certificate, the list, new ones, and the alias."""

from datetime import date, timedelta

import pytest
from cast import make_cast
from databases import NOW
from factories import make_cadre
from signing_in import post, sign_in
from sqlalchemy import select

from portal import clock
from portal.accounts.models import User
from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.cadres.queries.cadres import find_cadre_by_code
from portal.cadres.queries.terms import term_of, today_for
from portal.cadres.services.cadres import certify_cadre, change_status
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken


@pytest.fixture
def cast(app):
    return make_cast()


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
            act="investigate",
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


def test_who_works_under_a_certificate_that_ends_soon_is_found_by_it(client, cast):
    clock.configure(NOW)
    today = today_for(cast.herman.id, NOW)
    cast.herman.certified_until, cast.marlina.certified_until = (today + timedelta(days=n) for n in (60, 61))
    make_cadre(name="Lama", status="suspended", branch_id=cast.palembang.id, certified_until=today)
    db.session.commit()
    sign_in(client, cast.fahmi)

    sent = post(client, "/cadres/find", {"q": "", "certificate": "ending"})
    shown = client.get(sent.headers["Location"]).text
    assert "Herman Sawiran" in shown
    assert "Marlina Agustina" not in shown
    assert "Lama" not in shown


def test_a_profile_says_until_when_the_certificate_holds(client, cast):
    cast.marlina.certified_until = date(2028, 7, 19)
    db.session.commit()
    sign_in(client, cast.marlina)
    assert "berlaku sampai 19\xa0Juli 2028" in client.get("/profile").text
