"""Quality beside points: the three shares of a cadre's last three months, on every page that compares cadres."""

from datetime import date

import pytest
from cast import make_cast
from earning import NOW, sign_up
from factories import actor_of, make_signup
from recognised import approved, withdraw
from signing_in import sign_in
from sqlalchemy import event

from portal.activities.queries.quality import get_gates, list_quality
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.quality import Gate, Quality, Share
from portal.signups.services.decide import withdraw_signup

TODAY = date(2026, 11, 22)


@pytest.fixture
def cast(app):
    return make_cast()


def test_reports_count_from_their_decision_and_only_those_of_three_months(cast):
    for day in (date(2026, 11, 16), date(2026, 11, 17), date(2026, 8, 22)):
        approved(cast.marlina, cast.fahmi, day)
    withdraw(approved(cast.marlina, cast.fahmi, date(2026, 11, 18)), cast.fahmi)
    approved(cast.marlina, cast.fahmi, date(2026, 8, 21))  # a day too old
    assert list_quality([cast.marlina.id], TODAY)[cast.marlina.id].first_time == Share(3, 4)


def test_signups_count_once_they_are_decided(cast):
    (good, bad) = sign_up(cast.marlina, 2, on=date(2026, 11, 3))
    make_signup(cadre_id=cast.marlina.id)  # waits for BPJS data
    with transaction():
        withdraw_signup(
            signup_id=bad.id, kind="fraud", reason="Rekaan", by=Signature(actor_of(cast.vera), NOW)
        )
    found = list_quality([cast.marlina.id], TODAY)[cast.marlina.id]
    assert found.match == Share(1, 2)
    assert good.status == "validated"


def test_who_did_nothing_has_no_share_and_many_are_read_at_once(cast):
    people = [cast.marlina.id, cast.herman.id, cast.yosef.id]
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    found = list_quality(people, TODAY)
    assert found == dict.fromkeys(people, Quality())
    assert len([one for one in asked if one.lstrip().startswith("SELECT")]) == 1
    assert list_quality([], TODAY) == {}


def test_the_thresholds_are_data(cast):
    assert get_gates(TODAY) == {"first_time": Gate(80, 5), "match": Gate(70, 5), "retention": Gate(60, 5)}


def test_who_compares_cadres_sees_it_beside_the_points(client, cast):
    number = approved(cast.marlina, cast.fahmi, date(2026, 11, 16))
    words = "langsung disetujui 100%, cocok –, masih membayar –"
    sign_in(client, cast.fahmi)
    for address in ("/boards/branch", f"/activities/{number}", f"/cadres/{cast.marlina.id}"):
        assert words in client.get(address).text.replace("\xa0", " "), address


def test_a_cadre_sees_the_own_shares_the_threshold_and_what_is_missing(client, cast):
    approved(cast.marlina, cast.fahmi, date(2026, 11, 16))
    html = sign_in(client, cast.marlina).get("/achievements").text.replace("\xa0", " ")
    assert "1 dari 1, batasnya 80% dari sedikitnya 5" in " ".join(html.split())
    assert "4 laporan lagi yang langsung disetujui" in html
    assert "5 pendaftaran lagi yang cocok" in html
