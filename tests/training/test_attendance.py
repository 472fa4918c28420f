"""Attendance: codes of a minute, guesses slowed down, what the branch enters, the certificate (rules.md 10.2)."""

from datetime import timedelta

import pytest
from cast import make_cast
from factories import make_cadre
from reporting import at_once
from sqlalchemy import func, select
from training.exam_worlds import (
    DAY,
    SATURDAY,
    make_attendance,
    make_cohort,
    sessions_of,
    sign,
    sit,
)

from portal.accounts.services.throttle import TooManyTries
from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.training import Hours, code_of
from portal.training.models import (
    Attendance,
    Certificate,
    Course,
)
from portal.training.services import attendance as attendance_services
from portal.training.services import cohorts as cohorts_services
from portal.training.services.cohorts import Plan

BEFORE = SATURDAY - 3 * DAY
AT = SATURDAY + timedelta(minutes=5)


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def people(cast):
    """Three candidates of Palembang."""
    values = {"status": "candidate", "branch_id": cast.palembang.id, "certified_on": None}
    return [make_cadre(name=name, **values) for name in ("Nia Kurnia", "Oki Saputra", "Puji Astuti")]


@pytest.fixture
def cohort(cast, people):
    return make_cohort(cast.palembang, *people)


def plan(*, seats=30, begins=SATURDAY, days=2, hours=8):
    course_id = db.session.scalars(select(Course.id)).one()
    sessions = tuple(Hours(begins + n * DAY, begins + n * DAY + timedelta(hours=hours)) for n in range(days))
    return Plan(course_id, "Balai", seats, sessions)


def by(cast, name="fahmi", at=BEFORE):
    return Signature(cast.actor(name), at)


def open_cohort(cast, name="fahmi", **more):
    with transaction():
        return cohorts_services.open_cohort(
            branch_id=cast.palembang.id, plan=plan(**more), by=by(cast, name)
        ).id


def seat(cast, cohort_id, *cadres, at=BEFORE):
    with transaction():
        return cohorts_services.seat_cadres(
            cohort_id=cohort_id, cadre_ids=[one.id for one in cadres], by=by(cast, at=at)
        )


def attend(cohort, cadre, at=AT, *, session=0, code=None, code_at=None):
    one = sessions_of(cohort)[session]
    right = code_of(attendance_services.secret_of(one.id), code_at or at)
    with transaction():
        return attendance_services.attend(session_id=one.id, code=code or right, by=sign(cadre, at))


def enter(cast, cohort, cadre, how="entered", at=AT, *, reason="HP-nya rusak", session=0):
    with transaction():
        attendance_services.enter_attendance(
            session_id=sessions_of(cohort)[session].id,
            cadre_id=cadre.id,
            how=how,
            reason=reason,
            by=by(cast, at=at),
        )


def rows():
    db.session.rollback()
    return [(row.cadre_id, row.how) for row in db.session.scalars(select(Attendance).order_by(Attendance.at))]


def test_the_code_of_the_minute_or_the_one_before_records_once(cohort, people):
    assert attend(cohort, people[0]) == "recorded"
    assert attend(cohort, people[0], AT + timedelta(seconds=1)) == "already"
    assert attend(cohort, people[1], AT + timedelta(minutes=1), code_at=AT) == "recorded"
    assert attend(cohort, people[2], AT + timedelta(minutes=2), code_at=AT) == "wrong"
    assert rows() == [(people[0].id, "code"), (people[1].id, "code")]
    events = select(func.count(AuditEvent.id)).where(AuditEvent.act == "attendance.attended")
    assert db.session.scalar(events) == 2


def test_sent_twice_in_the_same_moment_it_is_one_row(cohort, people, app):
    session_id = sessions_of(cohort)[0].id
    code = code_of(attendance_services.secret_of(session_id), AT)
    his = sign(people[0], AT)
    db.session.rollback()

    def act():
        return attendance_services.attend(session_id=session_id, code=code, by=his)

    assert sorted(at_once(app, [act, act])) == ["already", "recorded"]
    assert len(rows()) == 1


@pytest.mark.parametrize("at", [SATURDAY - timedelta(seconds=1), SATURDAY + timedelta(hours=8, seconds=1)])
def test_outside_the_sessions_hours_no_code_holds(cohort, people, at):
    with pytest.raises(RuleBroken, match=r"attendance\.out_of_hours"):
        attend(cohort, people[0], at)


def test_a_code_of_another_session_does_not_hold(cohort, people):
    other = code_of(attendance_services.secret_of(sessions_of(cohort)[1].id), AT)
    assert attend(cohort, people[0], code=other) == "wrong"


def test_who_has_no_seat_cannot_attend(cast, cohort):
    with pytest.raises(NotFound):
        attend(cohort, cast.marlina)
    with pytest.raises(NotFound):
        enter(cast, cohort, cast.marlina)


def test_guessing_codes_is_slowed_down_and_stays_counted(cohort, people):
    for n in range(5):
        assert attend(cohort, people[0], AT + timedelta(seconds=n), code="000000") == "wrong"
    with pytest.raises(TooManyTries):
        attend(cohort, people[0], AT + timedelta(seconds=6))
    assert attend(cohort, people[1], AT + timedelta(seconds=6)) == "recorded"
    assert attend(cohort, people[0], AT + timedelta(minutes=4)) == "recorded"


def test_the_branch_enters_with_a_reason_and_never_over_an_attendance(cast, cohort, people):
    for reason in ("", "  ", "a"):
        with pytest.raises(RuleBroken, match=r"attendance\.reason_needed"):
            enter(cast, cohort, people[0], reason=reason)
    with pytest.raises(RuleBroken, match=r"attendance\.too_early"):
        enter(cast, cohort, people[0], at=BEFORE)
    with pytest.raises(RuleBroken, match=r"attendance\.unknown"):
        enter(cast, cohort, people[0], "code")
    enter(cast, cohort, people[0], "excused", BEFORE)
    enter(cast, cohort, people[0])
    enter(cast, cohort, people[1], "excused")
    attend(cohort, people[2])
    for cadre in (people[0], people[2]):
        with pytest.raises(RuleBroken, match=r"attendance\.already"):
            enter(cast, cohort, cadre, "excused")
    assert sorted(rows()) == sorted(
        [(people[0].id, "entered"), (people[1].id, "excused"), (people[2].id, "code")]
    )


def test_who_was_excused_and_comes_after_all_may_be_entered_as_there(cast, cohort, people):
    enter(cast, cohort, people[0], "excused", BEFORE)
    assert attend(cohort, people[0]) == "excused"  # the branch decides
    enter(cast, cohort, people[0])
    assert rows() == [(people[0].id, "entered")]


def test_another_branch_enters_nothing(cast, cohort, people):
    with pytest.raises(NotFound), transaction():
        attendance_services.enter_attendance(
            session_id=sessions_of(cohort)[0].id, cadre_id=people[0].id, how="entered", reason="Titipan",
            by=by(cast, "debora", AT),
        )  # fmt: skip


def test_the_last_attendance_gives_the_certificate_when_the_exam_came_first(cohort, people):
    make_attendance(cohort, people[0], 1)
    sit(people[0], right=20, at=SATURDAY + timedelta(hours=2))
    assert db.session.scalar(select(func.count(Certificate.id))) == 0
    attend(cohort, people[0], SATURDAY + DAY, session=1)
    assert db.session.scalar(select(Certificate.cadre_id)) == people[0].id


def test_an_entered_attendance_gives_it_too_and_an_excuse_does_not(cast, cohort, people):
    for cadre in people[:2]:
        make_attendance(cohort, cadre, 1)
        sit(cadre, right=20, at=SATURDAY + timedelta(hours=2))
    enter(cast, cohort, people[0], "excused", SATURDAY + DAY, session=1)
    enter(cast, cohort, people[1], "entered", SATURDAY + DAY, session=1)
    assert list(db.session.scalars(select(Certificate.cadre_id))) == [people[1].id]
