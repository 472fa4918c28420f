"""The rounds count level, streak and badges from what is known now, and tell what was reached (rules.md 11)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from cast import make_cast
from earning import sign_up
from factories import actor_of, make_cadre
from recognised import (
    NOW,
    approved,
    award,
    badges,
    marks,
    moments,
    operator,
    progress,
    recognise,
    withdraw,
)
from reporting import hand_in
from sqlalchemy import func, select, text

from portal import scheduler
from portal.audit import AuditEvent
from portal.cadres.services.cadres import change_status
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.organisation.models import Parameter
from portal.points.services.posting import NewEntry, post_entry
from portal.recognition.models import BadgeAward
from portal.recognition.services.definitions import enter_holiday, remove_holiday
from portal.recognition.services.moments import take_moment
from portal.recognition.services.rounds import count_marked
from portal.signups.services.decide import withdraw_signup
from portal.transfers.services.terms import TermChange, move_cadre

MONDAY = date(2026, 11, 16)
WEEK = timedelta(days=7)


@pytest.fixture
def cast(app):
    people = make_cast()
    recognise()
    return people


def test_everybody_is_counted_when_recognition_begins_and_nobody_is_told_of_the_past(app):
    people = make_cast()
    approved(people.marlina, people.fahmi, MONDAY)
    with transaction():  # as if the portal had just been migrated
        db.session.execute(text("DELETE FROM recognition_marks"))

    recognise()

    assert progress(people.marlina) == (1, 1, 1, MONDAY)
    assert progress(people.yosef) == (1, 0, 0, MONDAY)
    assert badges(people.marlina) == ["first-report"]
    assert moments(people.marlina) == [("badge", "badge:first-report", True)]
    assert marks() == 0


def test_an_approval_is_counted_in_the_next_round_and_told_once(cast):
    number = approved(cast.marlina, cast.fahmi, MONDAY)
    assert marks() > 0

    recognise()

    assert progress(cast.marlina) == (1, 1, 1, MONDAY)
    found = award(cast.marlina, "first-report")
    ref = db.session.execute(text(f"SELECT ref FROM activities WHERE id = {number}")).scalar_one()
    assert (found.evidence, found.value, found.awarded_on) == ([f"activity:{ref}"], 1, date(2026, 11, 22))
    assert moments(cast.marlina) == [("badge", "badge:first-report", False)]
    with transaction():
        assert take_moment(cadre_id=cast.marlina.id, at=NOW).source == "badge:first-report"
        assert take_moment(cadre_id=cast.marlina.id, at=NOW) is None
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "badge.awarded")).one()
    assert event.details == {"code": "first-report", "version": 1, "count": 1}


def test_a_report_that_waits_changes_nothing(cast):
    hand_in(cast.marlina, held_on=MONDAY)
    assert marks() == 0
    assert progress(cast.marlina) == (1, 0, 0, MONDAY)


def test_a_withdrawal_takes_back_the_streak_and_leaves_the_badge(cast):
    number = approved(cast.marlina, cast.fahmi, MONDAY)
    recognise()
    withdraw(number, cast.fahmi)
    recognise()
    assert progress(cast.marlina) == (1, 0, 0, MONDAY)
    assert badges(cast.marlina) == ["first-report"]


def test_the_day_is_the_one_of_the_branch(cast):
    at = datetime.fromisoformat(
        "2026-11-22T16:00:00+00:00"
    )  # Monday at one in Jayapura, Sunday night in Palembang
    recognise(at)
    assert progress(cast.yosef) == (1, 0, 0, MONDAY + WEEK)
    assert progress(cast.marlina) == (1, 0, 0, MONDAY)


def test_a_week_that_begins_counts_streaks_again_and_freezes_by_itself(cast):
    approved(cast.marlina, cast.fahmi, MONDAY)
    recognise()
    # The week of 23 November is frozen, and those of 30 November and 7 December, whose Thursdays lie in December.
    for weeks, number in ((1, 1), (2, 1), (3, 1), (4, 0)):
        recognise(NOW + WEEK * weeks + timedelta(hours=20))
        assert progress(cast.marlina)[1:3] == (number, 1), weeks
        assert progress(cast.herman) == (1, 0, 0, MONDAY + WEEK * (weeks + 1))


def test_who_moves_east_on_a_sunday_evening_is_in_the_week_that_has_begun_there(cast):
    """At 22.30 in Palembang it is half past midnight on Monday in Jayapura."""
    evening = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
    for cadre in (cast.marlina, cast.yosef):
        approved(cadre, cast.fahmi if cadre is cast.marlina else cast.debora, MONDAY)
    recognise(evening)
    assert progress(cast.marlina) == (1, 1, 1, MONDAY)
    with transaction():
        move_cadre(
            cadre_id=cast.marlina.id,
            from_month="2026-11",
            change=TermChange(branch_id=cast.jayapura.id),
            reason="Pindah rumah",
            by=Signature(actor_of(cast.ratna), evening),
        )
    recognise(evening)
    assert progress(cast.marlina) == progress(cast.yosef) == (1, 1, 1, MONDAY + WEEK)


def test_a_holiday_makes_a_week_neutral_for_everybody(cast):
    approved(cast.marlina, cast.fahmi, MONDAY - WEEK * 6)
    recognise()
    assert progress(cast.marlina)[1] == 0
    free = MONDAY - WEEK * 3 + timedelta(days=6)
    with transaction():
        enter_holiday(day=free, name="Hari Tenun", by=operator())
    recognise()
    assert progress(cast.marlina)[1] == 1
    with transaction():
        remove_holiday(day=free, by=operator())
    recognise()
    assert progress(cast.marlina)[1] == 0


def test_the_weeks_of_a_suspension_are_neutral(cast):
    approved(cast.marlina, cast.fahmi, date(2026, 8, 31))
    for act, day in (("suspend", "2026-09-09"), ("reinstate", "2026-11-12")):
        by = Signature(actor_of(cast.ratna), datetime.fromisoformat(f"{day}T03:00:00+00:00"))
        with transaction():
            version = cast.marlina.version
            change_status(cadre_id=cast.marlina.id, act=act, reason="Diperiksa", version_seen=version, by=by)
        db.session.refresh(cast.marlina)
    recognise()
    assert progress(cast.marlina)[1] == 1


def test_levels_follow_all_time_points_up_and_down_and_only_up_is_told(cast):
    for row in sign_up(cast.marlina, 4, on=MONDAY):
        last = row
    recognise()
    assert progress(cast.marlina)[0] == 2
    with transaction():
        by = Signature(actor_of(cast.vera), NOW)
        withdraw_signup(signup_id=last.id, kind="wrong_match", reason="Bukan orang yang sama", by=by)
    recognise()
    assert progress(cast.marlina)[0] == 1
    assert ("level", "level:2", False) in moments(cast.marlina)
    sign_up(cast.marlina, 1, on=MONDAY)
    recognise()
    assert progress(cast.marlina)[0] == 2
    assert [kind for kind, *_ in moments(cast.marlina)].count("level") == 1


def test_a_rare_best_month_is_told_when_it_closes(cast):
    from earning import close

    for month, points in ((8, 40), (9, 30), (10, 60)):
        entry = NewEntry(cast.marlina.id, "activity", f"activity:X{month}", points, 1, date(2026, month, 5))
        with transaction():
            post_entry(entry, by=operator())
    for month in (8, 9):
        close(f"2026-{month:02}", at=NOW)
    recognise()
    assert [one for one in moments(cast.marlina) if one[0] == "best_month"] == []
    close("2026-10", at=NOW)
    recognise()
    recognise()
    assert [one for one in moments(cast.marlina) if one[0] == "best_month"] == [
        ("best_month", "best_month:2026-10", False)
    ]


def test_pieces_are_resumed_where_they_were_left(cast):
    crowd = [make_cadre(branch_id=cast.palembang.id) for _ in range(5)]
    for cadre in crowd:
        with transaction():
            entry = NewEntry(cadre.id, "activity", f"activity:{cadre.code}", 260, 1, MONDAY)
            post_entry(entry, by=operator())
    with transaction():
        assert count_marked(by=operator(), at_once=2)
    assert sum(progress(cadre) is not None for cadre in crowd) == 2
    with transaction():
        count_marked(by=operator(), at_once=2)
        db.session.rollback()  # the process dies here
    assert sum(progress(cadre) is not None for cadre in crowd) == 2
    recognise()
    assert {progress(cadre)[0] for cadre in crowd} == {2}
    assert marks() == 0


def test_freezes_are_data_from_a_month_on(cast):
    with transaction():
        db.session.add(Parameter(name="streak_freezes", from_month="2026-11", value=0))
    approved(cast.marlina, cast.fahmi, date(2026, 10, 19))
    approved(cast.herman, cast.fahmi, date(2026, 11, 2))
    recognise()
    assert [progress(one)[1] for one in (cast.marlina, cast.herman)] == [0, 0]
    assert db.session.scalar(select(func.count()).select_from(BadgeAward)) == 2


def test_the_scheduler_begins_the_day_and_counts(app):
    people = make_cast()
    approved(people.marlina, people.fahmi, MONDAY)
    scheduler.begin_recognition_day()
    assert marks() > 0
    scheduler.recognise()
    assert (progress(people.marlina), marks()) == ((1, 1, 1, MONDAY), 0)
    scheduler.begin_recognition_day()
    assert marks() == 0
