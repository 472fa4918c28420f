"""Challenges: who announces and changes them, what counts, and the result that is frozen once (rules.md 11.4)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from contests.arena import (
    BEFORE,
    DURING,
    FACTS,
    announce,
    by,
    in_branch,
    in_region,
    refused,
    results,
    settle,
    sign,
)
from factories import make_user
from sqlalchemy import func, select

from portal import clock
from portal.audit import AuditEvent
from portal.contests.models import Challenge
from portal.contests.queries.challenges import list_of_office, list_own
from portal.contests.services.announcing import cancel_challenge, change_challenge
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import NotAllowed, NotFound


@pytest.fixture
def cast(app):
    clock.configure(BEFORE)
    return make_cast()


def change(challenge_id, officer, *, version=1, at=BEFORE, **facts):
    with transaction():
        return change_challenge(
            challenge_id=challenge_id, version=version, facts=replace(FACTS, **facts), by=sign(officer, at)
        )


def cancel(challenge_id, officer, *, version=1, at=BEFORE, reason="Pasar direnovasi"):
    with transaction():
        return cancel_challenge(
            challenge_id=challenge_id, version=version, reason=reason, by=sign(officer, at)
        )


def seen(person, today=date(2026, 11, 12)):
    return [one.challenge.id for one in list_own(sign(person).actor, today=today)]


# announced


def test_a_challenge_of_each_scope_is_seen_by_its_own_cadres(cast):
    nation = announce(cast.ratna)
    branch = announce(cast.fahmi, in_branch(cast.palembang))
    region = announce(cast.ratna, in_region(cast.jayapura))
    assert seen(cast.marlina) == [nation, branch]
    assert seen(cast.yosef) == [nation, region]
    rows = list_of_office(sign(cast.fahmi).actor, "announced", today=BEFORE.date())
    assert [one.id for one, _ in rows] == [nation, branch]


def test_a_supervisor_announces_for_the_own_branch_alone(cast):
    refused(lambda: announce(cast.fahmi), "contests.other_scope", NotAllowed)
    refused(lambda: announce(cast.fahmi, in_branch(cast.jayapura)), "people.no_such_branch", NotFound)
    refused(lambda: announce(cast.fahmi, in_region(cast.palembang)), "contests.other_scope", NotAllowed)
    office = make_user(
        role="supervisor", scope="region", regional_office_id=cast.palembang.regional_office_id
    )
    announce(office, in_region(cast.palembang))
    announce(office, in_branch(cast.palembang))
    refused(lambda: announce(office, in_region(cast.jayapura)), "contests.other_scope", NotAllowed)
    for person in (cast.marlina, cast.vera, cast.farah):
        refused(lambda who=person: announce(who), "contests.office_only", NotAllowed)


def test_it_is_announced_before_it_begins_in_the_zone_that_is_ahead(cast):
    evening = datetime(2026, 11, 8, 16, tzinfo=UTC)  # still the 8th in Jakarta, the 9th already in Jayapura
    announce(cast.fahmi, in_branch(cast.palembang), at=evening)
    refused(lambda: announce(cast.ratna, at=evening), "contests.begun")


def test_the_same_form_again_announces_it_once(cast):
    first = announce(cast.ratna, code="pekan-pasar")
    assert announce(cast.ratna, code="pekan-pasar") == first
    refused(lambda: announce(cast.ratna, code="pekan-pasar", goal=4), "contests.code_taken")
    acts = db.session.scalar(select(func.count()).where(AuditEvent.act == "challenge.announced"))
    assert acts == 1
    refused(lambda: announce(cast.ratna, code="Pekan Pasar"), "contests.code")


def test_it_is_changed_until_it_begins_and_never_from_a_stale_form(cast):
    number = announce(cast.fahmi, in_branch(cast.palembang))
    assert change(number, cast.fahmi, goal=5).goal == 5
    refused(lambda: change(number, cast.fahmi, goal=6), "contests.changed")
    refused(lambda: change(number, cast.fahmi, version=2, at=DURING), "contests.begun")
    refused(lambda: change(number, cast.fahmi, version=2, first_day=date(2026, 11, 5)), "contests.begun")
    refused(lambda: change(number, cast.debora, version=2), "contests.no_such", NotFound)
    nation = announce(cast.ratna)
    refused(lambda: change(nation, cast.fahmi), "contests.no_such", NotFound)


def test_it_is_cancelled_with_a_reason_until_its_result_is_frozen(cast):
    number = announce(cast.fahmi, in_branch(cast.palembang))
    refused(lambda: cancel(number, cast.fahmi, reason=" "), "contests.reason_missing")
    cancel(number, cast.fahmi, at=DURING)
    refused(lambda: cancel(number, cast.fahmi, version=2), "contests.over")
    assert not settle(number, by)
    assert results(number) == {}
    other = announce(cast.fahmi, in_branch(cast.palembang))
    settle(other, by)
    refused(lambda: cancel(other, cast.fahmi), "contests.over")


def test_announcing_needs_whole_words(cast):
    place = in_branch(cast.palembang)
    for facts, code in (
        ({"name_en": "x"}, "contests.name_missing"),
        ({"text_id": ""}, "contests.text_missing"),
        ({"mode": "pairs"}, "contests.mode"),
        ({"goal": 0}, "contests.goal"),
        ({"of": "party"}, "contests.of"),
    ):
        refused(lambda given=facts: announce(cast.fahmi, place, **given), code)
    assert db.session.scalar(select(func.count()).select_from(Challenge)) == 0
