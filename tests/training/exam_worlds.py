"""A cohort and its exam, for the tests of training: seats, answers given right or wrong, an exam from begin to end."""

from datetime import UTC, datetime, timedelta

from factories import LONG_AGO, actor_of
from sqlalchemy import select

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.training.models import (
    Attempt,
    Attendance,
    Course,
    TrainingCohort,
    TrainingSeat,
    TrainingSession,
)
from portal.training.queries.courses import get_course_in_force
from portal.training.queries.exams import list_asked
from portal.training.services import exams as exams_services

SATURDAY = datetime(2026, 7, 18, 1, tzinfo=UTC)  # 8:00 in Palembang
DAY = timedelta(days=1)


def make_cohort(branch, *cadres, days=2, begins=SATURDAY, number=1):
    """A cohort of two days from 8 to 16, with these cadres in it."""
    course = db.session.scalars(select(Course)).one()
    by = {"opened_by": cadres[0].user_id or 1, "opened_at": LONG_AGO}
    cohort = TrainingCohort(
        branch_id=branch.id, course_id=course.id, number=number, place="Balai", seats=30, status="open", **by
    )
    db.session.add(cohort)
    db.session.flush()
    for n in range(days):
        starts = begins + n * DAY
        ends = starts + timedelta(hours=8)
        db.session.add(TrainingSession(cohort_id=cohort.id, number=n + 1, starts_at=starts, ends_at=ends))
    for cadre in cadres:
        seated = {"seated_by": by["opened_by"], "seated_at": LONG_AGO}
        db.session.add(TrainingSeat(cohort_id=cohort.id, cadre_id=cadre.id, **seated))
    db.session.commit()
    return cohort


def sessions_of(cohort):
    wanted = select(TrainingSession).where(TrainingSession.cohort_id == cohort.id)
    return list(db.session.scalars(wanted.order_by(TrainingSession.number)))


def make_attendance(cohort, cadre, *numbers):
    """Rows that say the cadre was at these sessions from their beginning."""
    for session in sessions_of(cohort):
        if session.number in numbers:
            row = {"session_id": session.id, "cadre_id": cadre.id, "at": session.starts_at}
            db.session.add(Attendance(how="code", **row))
    db.session.commit()


def exam_at(at):
    return get_course_in_force("dasar-kader", f"{at:%Y-%m}")


def sign(cadre, at):
    return Signature(actor_of(cadre), at)


def begin(cadre, at=SATURDAY + DAY):
    with transaction():
        return exams_services.begin_exam(exam=exam_at(at), by=sign(cadre, at)).id


def answer(cadre, attempt_id, place, at, *, right=True):
    """Answer a question as the page shows it: the right answer, or another one."""
    asked = list_asked(db.session.get(Attempt, attempt_id))[place - 1]
    shown = asked.order.index(0) if right else asked.order.index(1)
    with transaction():
        exams_services.save_answer(attempt_id=attempt_id, place=place, shown=shown, by=sign(cadre, at))


def hand_in(cadre, attempt_id, at):
    with transaction():
        return exams_services.hand_in(attempt_id=attempt_id, by=sign(cadre, at))


def sit(cadre, *, right, at=SATURDAY + DAY):
    """Sit an exam from begin to end with so many right answers of 20."""
    attempt_id = begin(cadre, at)
    for place in range(1, 21):
        answer(cadre, attempt_id, place, at, right=place <= right)
    return hand_in(cadre, attempt_id, at + timedelta(minutes=20))
