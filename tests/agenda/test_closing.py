"""From an event to approved activities: one for each who attended, three a day earn, closing again changes nothing."""

import pytest
from agenda.events import (
    AFTER,
    BEGINS,
    DAY,
    DURING,
    activities_of,
    attend,
    close,
    enter,
    published,
    sign,
    sign_up,
    team,
)
from cast import make_cast
from extracts import everything as all_rows
from factories import make_cadre
from reporting import hand_in, worker
from sqlalchemy import func, select

from portal.activities.models import Activity
from portal.activities.services.decide import approve_activity, return_activity, withdraw_activity
from portal.agenda.models import Event
from portal.agenda.queries.people import list_outcomes, list_people
from portal.agenda.services import attendance, closing
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.agenda import activity_ref
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.points.models import LedgerEntry
from portal.signups.models import SignUp
from portal.verification.queries import list_findings


@pytest.fixture
def cast(app):
    return make_cast()


def everything():
    """All rows; a month that was opened by asking is no trace of an act."""
    found = all_rows()
    db.session.rollback()
    return found | {"months": [one for one in found["months"] if "'open'" not in one]}


def points_of(cadre):
    return (
        db.session.scalar(select(func.sum(LedgerEntry.points)).where(LedgerEntry.cadre_id == cadre.id)) or 0
    )


def approve(cast, receipt):
    with transaction():
        return approve_activity(activity_id=receipt.activity_id, by=sign(cast.fahmi, AFTER))


def link(event_id, cadre, activity_id, at=DURING):
    with transaction():
        attendance.link_report(event_id=event_id, activity_id=activity_id, by=sign(cadre, at))


def report(cadre, at=DURING, **more):
    return hand_in(cadre, at=at, held_on=DAY, type="mass_meeting", **more)


def test_ten_cadres_attend_and_each_gets_one_approved_activity(cast):
    event_id = published(cast.fahmi, cast.palembang)
    cadres = team(cast.palembang, 10)
    absent = make_cadre(branch_id=cast.palembang.id)
    sign_up(event_id, *cadres)
    attend(event_id, *cadres[:9])
    enter(event_id, cast.fahmi, cadres[9])

    done = close(event_id, cast.fahmi)

    assert (done.rewarded, done.without, done.points, done.already) == (10, 0, 250, False)
    made = activities_of(event_id)
    assert {(one.type, one.held_on, one.status, one.slot, one.points_given) for one in made} == {
        ("mass_meeting", DAY, "approved", 1, 25)
    }
    assert {one.cadre_id for one in made} == {cadre.id for cadre in cadres}
    assert {one.decided_by for one in made} == {cast.fahmi.id}
    assert [points_of(cadre) for cadre in [*cadres, absent]] == [25] * 10 + [0]
    event = db.session.get(Event, event_id, populate_existing=True)
    assert (event.status, event.came, event.closed_by) == ("closed", 480, cast.fahmi.id)

    before = everything()
    again = close(event_id, cast.fahmi, came=1)
    assert (again.rewarded, again.without, again.already) == (10, 0, True)
    assert everything() == before
    assert list_findings() == []


def test_a_mass_meeting_with_eighty_sign_ups_is_counted_once(cast):
    event_id = published(cast.fahmi, cast.palembang)
    cadres = team(cast.palembang, 10)
    sign_up(event_id, *cadres)
    attend(event_id, *cadres)
    for cadre in cadres:
        made = report(cadre, signups=tuple(worker(reported_on=DAY) for _ in range(8)))
        link(event_id, cadre, made.activity_id)

    done = close(event_id, cast.fahmi)

    assert (done.rewarded, done.points) == (10, 250)
    assert [one.status for one in activities_of(event_id)] == ["approved"] * 10
    assert db.session.scalar(select(func.count()).select_from(Activity)) == 10
    assert db.session.scalar(select(func.count()).select_from(SignUp)) == 80
    assert list_findings() == []


def test_the_three_a_day_rule_holds(cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina, cast.herman)
    attend(event_id, cast.marlina, cast.herman)
    for _ in range(3):
        approve(cast, hand_in(cast.marlina, at=DURING, held_on=DAY, type="stand"))

    done = close(event_id, cast.fahmi)

    assert (done.rewarded, done.points) == (2, 25)
    by_cadre = {one.cadre_id: (one.status, one.slot, one.points_given) for one in activities_of(event_id)}
    assert by_cadre == {cast.marlina.id: ("approved", None, 0), cast.herman.id: ("approved", 1, 25)}
    assert list_findings() == []


def test_who_may_not_submit_is_listed_with_the_reason_and_gets_nothing(cast):
    event_id = published(cast.fahmi, cast.palembang)
    late, none = (
        make_cadre(branch_id=cast.palembang.id),
        make_cadre(branch_id=cast.palembang.id, account=False),
    )
    sign_up(event_id, cast.marlina, cast.herman, late)
    attend(event_id, cast.marlina, cast.herman, late)
    enter(event_id, cast.fahmi, none)
    cast.marlina.status = "suspended"
    late.submits_until = DAY.replace(day=20)
    db.session.commit()

    done = close(event_id, cast.fahmi)

    assert (done.rewarded, done.without) == (1, 3)
    assert [one.cadre_id for one in activities_of(event_id)] == [cast.herman.id]
    obstacles = {one.cadre_id: one.obstacle for one in list_people(event_id)}
    assert obstacles == {
        cast.marlina.id: "suspended", cast.herman.id: None, late.id: "certificate_over", none.id: "no_account",
    }  # fmt: skip
    assert list_findings() == []


def test_the_preview_is_what_closing_does(cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina, cast.herman)
    attend(event_id, cast.marlina, cast.herman)
    report(cast.herman)
    cast.marlina.status = "under_investigation"
    db.session.commit()
    shown = list_outcomes(db.session.get(Event, event_id), DAY)
    assert [(one.name, one.obstacle, one.also_reported) for one in shown] == [
        ("Herman Sawiran", None, True),
        ("Marlina Agustina", "under_investigation", False),
    ]
    done = close(event_id, cast.fahmi)
    assert (done.rewarded, done.without) == (1, 1)


def test_a_linked_report_that_was_approved_before_stays_the_only_one(cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina)
    attend(event_id, cast.marlina)
    made = report(cast.marlina)
    link(event_id, cast.marlina, made.activity_id)
    approve(cast, made)

    done = close(event_id, cast.fahmi)

    assert (done.rewarded, done.points) == (1, 0)
    assert [one.id for one in activities_of(event_id)] == [made.activity_id]
    assert points_of(cast.marlina) == 25


def test_a_linked_report_that_was_returned_waits_for_its_correction(cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina)
    attend(event_id, cast.marlina)
    made = report(cast.marlina)
    link(event_id, cast.marlina, made.activity_id)
    with transaction():
        return_activity(
            activity_id=made.activity_id, code="other", reason="Tulis tempatnya", by=sign(cast.fahmi, DURING)
        )
    assert close(event_id, cast.fahmi).without == 1
    assert [one.obstacle for one in list_people(event_id)] == ["report_returned"]
    assert points_of(cast.marlina) == 0
    assert list_findings() == []


def test_only_ones_own_report_of_that_day_and_type_is_linked_and_only_one(cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina, cast.herman)
    mine, other = report(cast.marlina), report(cast.herman)
    with pytest.raises(RuleBroken, match="not_attended"):
        link(event_id, cast.marlina, mine.activity_id)
    attend(event_id, cast.marlina)
    with pytest.raises(NotFound):
        link(event_id, cast.marlina, other.activity_id)
    stand = hand_in(cast.marlina, at=DURING, held_on=DAY, type="stand")
    with pytest.raises(RuleBroken, match="report_differs"):
        link(event_id, cast.marlina, stand.activity_id)
    link(event_id, cast.marlina, mine.activity_id)
    with pytest.raises(RuleBroken, match="report_linked"):
        link(event_id, cast.marlina, report(cast.marlina).activity_id)


def test_closing_is_the_supervisors_and_only_once_it_is_over(cast):
    event_id = published(cast.fahmi, cast.palembang)
    for who in (cast.ratna, cast.agus, cast.marlina):
        with pytest.raises(NotAllowed):
            close(event_id, who)
    with pytest.raises(NotFound):
        close(event_id, cast.debora)
    with pytest.raises(RuleBroken, match="not_over"):
        close(event_id, cast.fahmi, at=DURING)
    with pytest.raises(RuleBroken, match="figures"):
        close(event_id, cast.fahmi, came=-1)
    assert close(event_id, cast.fahmi).rewarded == 0
    with pytest.raises(RuleBroken, match="not_enterable"):
        enter(event_id, cast.fahmi, cast.herman, at=AFTER)


def test_the_day_is_the_local_one_of_its_beginning(cast):
    at_night = BEGINS.replace(hour=16)  # 23:00 in Palembang, the next day in Jayapura
    zones = {"starts_at": at_night, "ends_at": at_night.replace(hour=19)}
    for supervisor, branch, cadre, day in (
        (cast.fahmi, cast.palembang, cast.marlina, DAY),
        (cast.debora, cast.jayapura, cast.yosef, DAY.replace(day=22)),
    ):
        event_id = published(supervisor, branch, village_code=None, **zones)
        sign_up(event_id, cadre)
        attend(event_id, cadre, at=at_night)
        close(event_id, supervisor, at=at_night.replace(hour=20))
        assert [one.held_on for one in activities_of(event_id)] == [day]


def test_a_withdrawn_activity_of_an_event_is_taken_back_like_any_other(cast):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina)
    attend(event_id, cast.marlina)
    close(event_id, cast.fahmi)
    (made,) = activities_of(event_id)
    with transaction():
        withdraw_activity(
            activity_id=made.id, code="not_held", reason="Ternyata tidak datang", by=sign(cast.fahmi, AFTER)
        )
    assert points_of(cast.marlina) == 0
    close(event_id, cast.fahmi)
    assert [one.status for one in activities_of(event_id)] == ["rejected"]
    assert list_findings() == []


def test_a_close_that_fails_in_the_middle_leaves_nothing(cast, monkeypatch):
    event_id = published(cast.fahmi, cast.palembang)
    sign_up(event_id, cast.marlina, cast.herman)
    attend(event_id, cast.marlina, cast.herman)
    before = everything()

    def die(*_args, **_values):
        raise InterruptedError

    monkeypatch.setattr(closing, "_keep_obstacles", die)
    with pytest.raises(InterruptedError):
        close(event_id, cast.fahmi)
    db.session.rollback()
    assert everything() == before


def test_the_refs_of_activities_are_the_same_on_every_database():
    ref = "11111111-2222-4333-8444-555555555555"
    assert activity_ref(ref, "K-MARLINA") == "1aad676c-206d-5217-ad15-d202678e47be"
    assert activity_ref(ref, "K-MARLINA") != activity_ref(ref, "K-HERMAN")
