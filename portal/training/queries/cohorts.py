"""Cohorts of a branch: which there are, who is seated, and the figures of their list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.organisation.models import Branch
from portal.organisation.queries import in_scope
from portal.training.models import (
    Attendance,
    Certificate,
    TrainingCohort,
    TrainingSeat,
    TrainingSession,
)

PAGE = 30
RENEWAL = timedelta(days=90)  # whose certificate ends within these days may sit in a cohort again
_BEGINS = (
    select(func.min(TrainingSession.starts_at))
    .where(TrainingSession.cohort_id == TrainingCohort.id)
    .scalar_subquery()
)
_ENDS = (
    select(func.max(TrainingSession.ends_at))
    .where(TrainingSession.cohort_id == TrainingCohort.id)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A line of the list of cohorts."""

    id: int
    number: int
    branch: str
    zone: str
    place: str
    seats: int
    status: str
    begins_at: datetime
    ends_at: datetime
    taken: int
    certified: int

    def stage(self, now: datetime) -> str:
        """Say whether it is cancelled, coming, running or past."""
        if self.status != "open":
            return self.status
        return "coming" if now < self.begins_at else "running" if now <= self.ends_at else "past"


def list_cohorts(actor: Actor, *, before: int | None = None) -> list[CohortRow]:
    """List the cohorts in scope, the newest first; one more than fits on a page. `before`: the last one seen."""
    taken = select(func.count()).where(TrainingSeat.cohort_id == TrainingCohort.id).scalar_subquery()
    issued = select(func.count(Certificate.id)).where(Certificate.cohort_id == TrainingCohort.id)
    wanted = select(
        TrainingCohort.id, TrainingCohort.number, Branch.name, Branch.time_zone, TrainingCohort.place,
        TrainingCohort.seats, TrainingCohort.status, _BEGINS, _ENDS, taken, issued.scalar_subquery(),
    )  # fmt: skip
    wanted = wanted.join(Branch, Branch.id == TrainingCohort.branch_id)
    wanted = wanted.where(in_scope(actor, TrainingCohort.branch_id))
    if before is not None:
        wanted = wanted.where(TrainingCohort.id < before)
    rows = db.session.execute(wanted.order_by(TrainingCohort.id.desc()).limit(PAGE + 1))
    return [CohortRow(*row) for row in rows]


def get_cohort(cohort_id: int, *, actor: Actor) -> TrainingCohort:
    """Return a cohort in scope."""
    wanted = select(TrainingCohort).where(TrainingCohort.id == cohort_id)
    cohort = db.session.scalars(wanted.where(in_scope(actor, TrainingCohort.branch_id))).one_or_none()
    if cohort is None:
        raise NotFound("cohort.not_found")
    return cohort


def lock_cohort(cohort_id: int) -> TrainingCohort:
    """Return a cohort as it is now, locked until the end of the transaction."""
    wanted = select(TrainingCohort).where(TrainingCohort.id == cohort_id).with_for_update()
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def list_sessions(cohort_id: int) -> Sequence[TrainingSession]:
    """List the sessions of a cohort in their order."""
    wanted = select(TrainingSession).where(TrainingSession.cohort_id == cohort_id)
    return db.session.scalars(wanted.order_by(TrainingSession.number)).all()


def get_session(session_id: int, *, actor: Actor) -> tuple[TrainingSession, TrainingCohort]:
    """Return a session in scope with its cohort."""
    session = db.session.get(TrainingSession, session_id)
    if session is None:
        raise NotFound("cohort.not_found")
    return session, get_cohort(session.cohort_id, actor=actor)


def begins_at(cohort_id: int) -> datetime:
    """Return when the first session of a cohort begins."""
    first = select(func.min(TrainingSession.starts_at)).where(TrainingSession.cohort_id == cohort_id)
    return db.session.scalars(first).one()


def count_seats(cohort_id: int) -> int:
    """Count the seats taken."""
    counted = select(func.count()).select_from(TrainingSeat).where(TrainingSeat.cohort_id == cohort_id)
    return db.session.scalar(counted) or 0


def count_certificates(cohort_id: int) -> int:
    """Count the certificates that a cohort gave."""
    return (
        db.session.scalar(select(func.count(Certificate.id)).where(Certificate.cohort_id == cohort_id)) or 0
    )


def count_present(session_id: int) -> int:
    """Count who attended a session."""
    counted = select(func.count()).select_from(Attendance)
    return (
        db.session.scalar(counted.where(Attendance.session_id == session_id, Attendance.how != "excused"))
        or 0
    )


def list_seated(cohort_id: int) -> Sequence[Cadre]:
    """List who is seated in a cohort, by name."""
    wanted = select(Cadre).join(TrainingSeat, TrainingSeat.cadre_id == Cadre.id)
    return db.session.scalars(
        wanted.where(TrainingSeat.cohort_id == cohort_id).order_by(Cadre.name, Cadre.id)
    ).all()


def lock_seat(cohort_id: int, cadre_id: int) -> bool:
    """Tell whether a cadre has a seat in a cohort, and keep it from being taken back until the transaction ends."""
    seat = select(TrainingSeat.cadre_id).where(
        TrainingSeat.cohort_id == cohort_id, TrainingSeat.cadre_id == cadre_id
    )
    return db.session.scalar(seat.with_for_update()) is not None


def has_attended(cohort_id: int, cadre_id: int) -> bool:
    """Tell whether anything is recorded of a cadre in the sessions of a cohort."""
    wanted = select(Attendance.session_id).join(TrainingSession, TrainingSession.id == Attendance.session_id)
    wanted = wanted.where(TrainingSession.cohort_id == cohort_id, Attendance.cadre_id == cadre_id)
    return db.session.scalar(wanted.limit(1)) is not None


def list_seatable(cohort: TrainingCohort, *, now: datetime) -> Sequence[Cadre]:
    """List the candidates, and cadres whose certificate ends soon, who sit in no running cohort."""
    running = (
        exists()
        .where(
            TrainingSeat.cadre_id == Cadre.id,
            TrainingSeat.cohort_id == TrainingCohort.id,
            TrainingCohort.course_id == cohort.course_id,
            TrainingCohort.status == "open",
            (now <= _ENDS) | (TrainingCohort.id == cohort.id),
        )
        .correlate(Cadre)
    )
    wanted = select(Cadre).where(Cadre.branch_id == cohort.branch_id, ~running)
    ending = or_(Cadre.certified_until.is_(None), Cadre.certified_until <= now.date() + RENEWAL)
    wanted = wanted.where(or_(Cadre.status == "candidate", and_(Cadre.status == "active", ending)))
    wanted = wanted.where(Cadre.user_id.is_not(None))
    return db.session.scalars(wanted.order_by(Cadre.status.desc(), Cadre.name, Cadre.id)).all()
