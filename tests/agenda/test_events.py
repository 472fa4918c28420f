"""Events: what may be planned and changed, who gets a seat and until when, how attendance is recorded."""

from dataclasses import replace
from datetime import timedelta

import pytest
from agenda.events import (
    AFTER,
    BEFORE,
    BEGINS,
    DURING,
    ENDS,
    FACTS,
    attend,
    code_at,
    enter,
    plan,
    publish,
    published,
    sign,
    sign_up,
    step_back,
    team,
)
from cast import make_cast
from reporting import at_once

from portal.accounts.services.throttle import TooManyTries
from portal.agenda.models import Event
from portal.agenda.queries.events import count_by_tab, list_for_cadre
from portal.agenda.queries.people import count_taken, find_attendance, list_people
from portal.agenda.services import joining, planning
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import NotAllowed, NotFound, RuleBroken


@pytest.fixture
def cast(app):
    return make_cast()


def refused(code):
    return pytest.raises(RuleBroken, match=code.replace(".", r"\."))


def change(cast, event_id, version, **facts):
    with transaction():
        planning.change_event(
            event_id=event_id, version=version, facts=replace(FACTS, **facts), by=sign(cast.fahmi)
        )


def cancel(cast, event_id, version, reason="Pasar tutup karena banjir"):
    with transaction():
        planning.cancel_event(event_id=event_id, version=version, reason=reason, by=sign(cast.fahmi))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"type": "picnic"}, "activities.unknown_type"),
        ({"title": "  "}, "agenda.title_missing"),
        ({"place": "x"}, "agenda.place_missing"),
        ({"ends_at": BEGINS}, "agenda.ends_early"),
        ({"ends_at": BEGINS.replace(day=23)}, "agenda.too_long"),
        ({"seats": 0}, "agenda.seats"),
        ({"seats": 501}, "agenda.seats"),
        ({"target": -1}, "agenda.figures"),
        ({"expected": 100_001}, "agenda.figures"),
        ({"village_code": "9999999999"}, "village"),
        ({"title": "a\x00b nama"}, "text.control_characters"),
        ({"starts_at": BEFORE.replace(day=1), "ends_at": BEFORE.replace(day=1, hour=5)}, "agenda.begun"),
    ],
)
def test_an_event_that_cannot_be_held_is_refused(cast, facts, code):
    with pytest.raises(RuleBroken) as found:
        plan(cast.fahmi, cast.palembang, **facts)
    assert code in found.value.code


def test_a_form_sent_twice_plans_one_event(cast):
    ref = "11111111-2222-4333-8444-555555555555"
    assert plan(cast.fahmi, cast.palembang, ref=ref) == plan(cast.fahmi, cast.palembang, ref=ref)
    with refused("agenda.changed"):
        plan(cast.debora, cast.jayapura, ref=ref)


def test_only_the_office_of_the_branch_plans(cast):
    with pytest.raises(NotFound):
        plan(cast.debora, cast.palembang)
    for who in (cast.marlina, cast.agus, cast.vera):
        with pytest.raises((NotAllowed, NotFound)):
            plan(who, cast.palembang)
    assert plan(cast.ratna, cast.palembang)


def test_cadres_see_an_event_once_it_is_published_and_never_one_of_another_branch(cast):
    event_id = plan(cast.fahmi, cast.palembang)
    span = {"since": BEFORE, "until": AFTER}
    with pytest.raises(NotFound):
        sign_up(event_id, cast.marlina)
    publish(cast.fahmi, event_id)
    assert [one.event.id for one in list_for_cadre(sign(cast.marlina).actor, **span)] == [event_id]
    assert list_for_cadre(sign(cast.yosef).actor, **span) == []
    with pytest.raises(NotFound):
        sign_up(event_id, cast.yosef)


def test_exactly_the_seats_are_given_and_a_seat_given_back_is_free(cast):
    event_id = published(cast.fahmi, cast.palembang, seats=1)
    sign_up(event_id, cast.marlina, cast.marlina)
    with refused("agenda.full"):
        sign_up(event_id, cast.herman)
    step_back(event_id, cast.marlina)
    sign_up(event_id, cast.herman)
    with refused("agenda.full"):
        sign_up(event_id, cast.marlina)
    assert [one.name for one in list_people(event_id)] == ["Herman Sawiran"]


def test_of_many_at_once_one_gets_the_last_seat(app, cast):
    event_id = published(cast.fahmi, cast.palembang, seats=3)
    cadres = team(cast.palembang, 8)
    signed = [sign(cadre) for cadre in cadres]

    def act(by):
        def sign_in() -> str:
            try:
                with transaction():
                    joining.sign_up(event_id=event_id, by=by)
            except RuleBroken as problem:
                return problem.code
            return "seat"

        return sign_in

    results = at_once(app, [act(by) for by in signed])
    assert sorted(map(str, results)) == ["agenda.full"] * 5 + ["seat"] * 3
    assert count_taken(event_id) == 3


def test_nobody_signs_up_or_steps_back_once_it_has_begun(cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina)
    for at in (BEGINS, DURING, AFTER):
        with refused("agenda.begun"):
            step_back(event_id, cast.marlina, at=at)
        with refused("agenda.begun"):
            sign_up(event_id, cast.herman, at=at)
    assert count_taken(event_id) == 1


def test_who_may_not_submit_gets_no_seat(cast):
    event_id = published(cast.fahmi, cast.palembang)
    cast.marlina.status = "suspended"
    cast.herman.certified_on = None
    db.session.commit()
    with refused("cadre.not_active"):
        sign_up(event_id, cast.marlina)
    with refused("cadre.not_certified"):
        sign_up(event_id, cast.herman)


def test_a_code_holds_for_its_minute_and_the_next_within_the_hours_for_who_has_a_seat(cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina, cast.herman)
    with refused("agenda.no_seat"):
        attend(event_id, *team(cast.palembang, 1))
    for at in (BEGINS - timedelta(seconds=1), ENDS + timedelta(seconds=1)):
        with refused("agenda.not_on"):
            attend(event_id, cast.marlina, at=at)
    for code in ("", "abcdef", code_at(event_id, DURING - timedelta(minutes=2)), "\uff11" * 6):
        assert attend(event_id, cast.marlina, code=code) == ["wrong"]
    attend(event_id, cast.marlina, code=code_at(event_id, DURING - timedelta(minutes=1)))
    first = find_attendance(event_id, cast.marlina.id).at
    assert attend(event_id, cast.marlina, at=DURING + timedelta(minutes=5), code="000000") == ["already"]
    assert find_attendance(event_id, cast.marlina.id).at == first
    spaced = code_at(event_id, DURING)
    attend(event_id, cast.herman, code=f"{spaced[:3]} {spaced[3:]}")
    assert find_attendance(event_id, cast.herman.id).how == "code"


def test_who_types_too_many_wrong_codes_has_to_wait(cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina)
    for _ in range(5):
        attend(event_id, cast.marlina, code="000000")
    with pytest.raises(TooManyTries):
        attend(event_id, cast.marlina)


def test_codes_of_two_events_differ(cast):
    one, other = (published(cast.fahmi, cast.palembang) for _ in range(2))
    assert code_at(one, DURING) != code_at(other, DURING)


def test_the_supervisor_enters_attendance_with_a_reason_from_the_beginning_on(cast):
    event_id = published(cast.fahmi, cast.palembang)
    with refused("agenda.not_enterable"):
        enter(event_id, cast.fahmi, cast.herman, at=BEFORE)
    with refused("agenda.reason_missing"):
        enter(event_id, cast.fahmi, cast.herman, reason=" ")
    with pytest.raises(NotFound):
        enter(event_id, cast.fahmi, cast.yosef)
    with pytest.raises(NotFound):
        enter(event_id, cast.debora, cast.herman)
    with pytest.raises(NotAllowed):
        enter(event_id, cast.marlina, cast.herman)
    assert enter(event_id, cast.fahmi, cast.herman, at=AFTER)
    assert not enter(event_id, cast.fahmi, cast.herman)
    (person,) = list_people(event_id)
    assert (person.name, person.seated, person.how) == ("Herman Sawiran", False, "entered")


def test_an_event_is_changed_until_it_begins_and_keeps_its_seats(cast):
    event_id = published(cast.fahmi, cast.palembang, seats=2)
    sign_up(event_id, cast.marlina, cast.herman)
    with refused("agenda.seats_taken"):
        change(cast, event_id, 2, seats=1)
    change(cast, event_id, 2, seats=5, title="Pasar 10 Ulu")
    with refused("agenda.changed"):
        change(cast, event_id, 2)
    assert db.session.get(Event, event_id, populate_existing=True).title == "Pasar 10 Ulu"
    with refused("agenda.begun"), transaction():
        planning.change_event(event_id=event_id, version=3, facts=FACTS, by=sign(cast.fahmi, DURING))


def test_cancelling_needs_a_reason_and_is_the_end(cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina)
    with refused("agenda.reason_missing"):
        cancel(cast, event_id, 2, reason="")
    cancel(cast, event_id, 2)
    assert count_by_tab(sign(cast.fahmi).actor, now=BEFORE) == {
        "planned": 0, "published": 0, "to_close": 0, "past": 1,
    }  # fmt: skip
    with refused("agenda.not_possible"):
        cancel(cast, event_id, 3)
    with refused("agenda.not_published"):
        sign_up(event_id, cast.herman)
    with refused("agenda.not_on"):
        attend(event_id, cast.marlina)
    with refused("agenda.not_possible"):
        change(cast, event_id, 3)
