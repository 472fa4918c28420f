"""Who is trained: every session of one cohort attended, an exam passed after the first began (rules.md 10.2)."""

from collections.abc import Sequence

from sqlalchemy import Select, and_, exists, func, select

from portal.database.extensions import db
from portal.training.models import (
    Attempt,
    Attendance,
    Certificate,
    CourseVersion,
    TrainingCohort,
    TrainingSeat,
    TrainingSession,
)

ATTENDED = ("code", "entered")  # who is excused was not there


def list_seats_without_certificate(cadre_id: int) -> Sequence[TrainingCohort]:
    """List the cohorts of a cadre that gave no certificate yet, each seat locked until the end of the transaction."""
    issued = exists().where(
        Certificate.cohort_id == TrainingSeat.cohort_id, Certificate.cadre_id == TrainingSeat.cadre_id
    )
    db.session.execute(
        select(TrainingSeat.cohort_id)
        .where(TrainingSeat.cadre_id == cadre_id)
        .order_by(TrainingSeat.cohort_id)
        .with_for_update()
    )
    wanted = select(TrainingCohort).join(TrainingSeat, TrainingSeat.cohort_id == TrainingCohort.id)
    wanted = wanted.where(TrainingSeat.cadre_id == cadre_id, TrainingCohort.status == "open", ~issued)
    return db.session.scalars(wanted.order_by(TrainingCohort.id)).all()


def has_attended_all(cohort_id: int, cadre_id: int) -> bool:
    """Tell whether a cadre attended every session of a cohort; one without sessions trains nobody."""
    attended = and_(
        Attendance.session_id == TrainingSession.id,
        Attendance.cadre_id == cadre_id,
        Attendance.how.in_(ATTENDED),
    )
    counts = select(func.count(TrainingSession.id), func.count(Attendance.session_id))
    wanted = counts.outerjoin(Attendance, attended).where(TrainingSession.cohort_id == cohort_id)
    sessions, was_there = db.session.execute(wanted).one()
    return bool(sessions) and sessions == was_there


def find_pass(cohort: TrainingCohort, cadre_id: int) -> Attempt | None:
    """Return the first exam of the cohort's course that the cadre passed after its first session began, if any."""
    return db.session.scalars(_passes(cohort, cadre_id).limit(1)).one_or_none()


def _passes(cohort: TrainingCohort, cadre_id: int) -> Select[tuple[Attempt]]:
    begins = select(func.min(TrainingSession.starts_at)).where(TrainingSession.cohort_id == cohort.id)
    used = exists().where(Certificate.attempt_id == Attempt.id)
    wanted = select(Attempt).join(CourseVersion, CourseVersion.id == Attempt.version_id)
    wanted = wanted.where(Attempt.cadre_id == cadre_id, CourseVersion.course_id == cohort.course_id)
    wanted = wanted.where(Attempt.passed.is_(True), Attempt.handed_in_at >= begins.scalar_subquery(), ~used)
    return wanted.order_by(Attempt.handed_in_at, Attempt.id)
