"""The meetings of a cadre's own cohort: when, where, and whether the cadre was there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select

from portal.database.extensions import db
from portal.organisation.models import Branch
from portal.training.models import Attendance, TrainingCohort, TrainingSeat, TrainingSession


@dataclass(frozen=True, slots=True)
class Meeting:
    """A session of the own cohort; `attended_at` is None for who was not there, or not yet."""

    session_id: int
    cohort: int
    number: int
    place: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    attended_at: datetime | None
    excused: bool

    def open_at(self, now: datetime) -> bool:
        """Tell whether attendance can be recorded now."""
        return self.attended_at is None and self.starts_at <= now <= self.ends_at


def list_own_meetings(cadre_id: int, course_id: int) -> list[Meeting]:
    """List the meetings of the newest cohort of a course in which a cadre has a seat, in their order."""
    first = select(func.min(TrainingSession.starts_at)).where(TrainingSession.cohort_id == TrainingCohort.id)
    newest = select(TrainingCohort.id).join(TrainingSeat, TrainingSeat.cohort_id == TrainingCohort.id)
    newest = newest.where(TrainingSeat.cadre_id == cadre_id, TrainingCohort.course_id == course_id)
    newest = newest.where(TrainingCohort.status == "open").order_by(first.scalar_subquery().desc()).limit(1)
    own = and_(Attendance.session_id == TrainingSession.id, Attendance.cadre_id == cadre_id)
    wanted = select(
        TrainingSession.id.label("session_id"), TrainingCohort.number.label("cohort"), TrainingSession.number,
        TrainingCohort.place,
        Branch.time_zone, TrainingSession.starts_at, TrainingSession.ends_at, Attendance.at, Attendance.how,
    )  # fmt: skip
    wanted = wanted.join(TrainingCohort, TrainingCohort.id == TrainingSession.cohort_id)
    wanted = wanted.join(Branch, Branch.id == TrainingCohort.branch_id).outerjoin(Attendance, own)
    wanted = wanted.where(TrainingCohort.id == newest.scalar_subquery()).order_by(TrainingSession.number)
    return [_meeting(row) for row in db.session.execute(wanted)]


def _meeting(row: Row[Any]) -> Meeting:
    was_there = row.how not in {None, "excused"}
    return Meeting(
        session_id=row.session_id,
        cohort=row.cohort,
        number=row.number,
        place=row.place,
        zone=row.time_zone,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        attended_at=row.at if was_there else None,
        excused=row.how == "excused",
    )
