"""The list of a cohort: who was there, how the exams went, who has a certificate, and who needs a call."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal.database.extensions import db
from portal.domain.training import Presence, needs_call, next_try, presence
from portal.training.models import (
    Attempt,
    Attendance,
    Certificate,
    CourseVersion,
    FreedTry,
    TrainingCohort,
    TrainingSession,
)
from portal.training.queries.cohorts import list_seated, list_sessions
from portal.training.queries.courses import Exam


@dataclass(frozen=True, slots=True)
class Place:
    """How somebody stands to one session; `entered` and `reason` where the branch entered it."""

    session_id: int
    number: int
    stands: Presence
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """The scores of somebody's exams since the cohort began, whether one passed, whether the next has to wait."""

    scores: Sequence[int]
    passed: bool
    waits: bool

    @property
    def best(self) -> int | None:
        """Return the best score; None without an exam."""
        return max(self.scores, default=None)


@dataclass(frozen=True, slots=True)
class GridRow:
    """One person of a cohort: their places, exams since it began, certificate, and why to call them."""

    cadre_id: int
    name: str
    code: str
    status: str
    places: Sequence[Place]
    tried: Tried
    certificate: str | None
    call: str | None


@dataclass(frozen=True, slots=True)
class Grid:
    """A cohort's sessions and people."""

    sessions: Sequence[TrainingSession]
    rows: Sequence[GridRow]

    @property
    def to_call(self) -> list[GridRow]:
        """List who needs a call."""
        return [row for row in self.rows if row.call]

    @property
    def passed(self) -> int:
        """Count who passed an exam."""
        return sum(row.tried.passed for row in self.rows)

    @property
    def certified(self) -> int:
        """Count who has a certificate of this cohort."""
        return sum(row.certificate is not None for row in self.rows)


def read_grid(cohort: TrainingCohort, exam: Exam, *, now: datetime, late_minutes: int) -> Grid:
    """Read the whole list of a cohort; its people are as many as its seats at most."""
    sessions, people = list_sessions(cohort.id), list_seated(cohort.id)
    ids = [cadre.id for cadre in people]
    attended, attempts = _attendance_of(cohort.id), _attempts_of(ids, exam.course_id)
    freed, numbers = _freed_of(ids, exam, now), _numbers_of(cohort.id)
    rows = []
    for cadre in people:
        places = tuple(
            _place(session, attended.get((session.id, cadre.id)), now, late_minutes) for session in sessions
        )
        tried = _tried(attempts[cadre.id], sessions, exam, freed.get(cadre.id, 0), now)
        call = None if cadre.id in numbers else _call(places, tried, sessions, now)
        rows.append(
            GridRow(
                cadre.id, cadre.name, cadre.code, cadre.status, places, tried, numbers.get(cadre.id), call
            )
        )
    return Grid(sessions, rows)


def _attendance_of(cohort_id: int) -> dict[tuple[int, int], Attendance]:
    wanted = select(Attendance).join(TrainingSession, TrainingSession.id == Attendance.session_id)
    rows = db.session.scalars(wanted.where(TrainingSession.cohort_id == cohort_id))
    return {(row.session_id, row.cadre_id): row for row in rows}


def _numbers_of(cohort_id: int) -> dict[int, str]:
    rows = select(Certificate.cadre_id, Certificate.number).where(Certificate.cohort_id == cohort_id)
    return {row.cadre_id: row.number for row in db.session.execute(rows)}


def _attempts_of(cadre_ids: Sequence[int], course_id: int) -> dict[int, list[Attempt]]:
    """Return all attempts at the course's exam by cadre, the oldest first."""
    wanted = select(Attempt).join(CourseVersion, CourseVersion.id == Attempt.version_id)
    wanted = wanted.where(CourseVersion.course_id == course_id, Attempt.cadre_id.in_(cadre_ids))
    found: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in db.session.scalars(wanted.order_by(Attempt.begun_at)):
        found[attempt.cadre_id].append(attempt)
    return found


def _freed_of(cadre_ids: Sequence[int], exam: Exam, now: datetime) -> dict[int, int]:
    wanted = select(FreedTry.cadre_id, func.count(FreedTry.id)).where(FreedTry.cadre_id.in_(cadre_ids))
    since = now - timedelta(days=exam.tries_days)
    wanted = wanted.where(FreedTry.course_id == exam.course_id, FreedTry.freed_at > since)
    return {row[0]: row[1] for row in db.session.execute(wanted.group_by(FreedTry.cadre_id))}


def _tried(
    attempts: Sequence[Attempt], sessions: Sequence[TrainingSession], exam: Exam, freed: int, now: datetime
) -> Tried:
    """Say how the exams since the first session went, and whether another may begin now."""
    since = sessions[0].starts_at if sessions else now
    over = [one for one in attempts if one.handed_in_at is not None and one.handed_in_at >= since]
    later = next_try(
        [one.begun_at for one in attempts], now=now, tries=exam.tries + freed, days=exam.tries_days
    )
    scores = tuple(one.score or 0 for one in over)
    return Tried(scores, passed=any(one.passed for one in over), waits=later is not None)


def _call(
    places: Sequence[Place], tried: Tried, sessions: Sequence[TrainingSession], now: datetime
) -> str | None:
    return needs_call(
        stood=[place.stands for place in places],
        scores=tried.scores,
        passed=tried.passed,
        left=not tried.waits,
        over=bool(sessions) and now > sessions[-1].ends_at,
    )


def _place(session: TrainingSession, row: Attendance | None, now: datetime, late_minutes: int) -> Place:
    excused = row is not None and row.how == "excused"
    stands = presence(
        attended_at=row.at if row is not None and not excused else None,
        excused=excused,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        now=now,
        late_minutes=late_minutes,
    )
    return Place(session.id, session.number, stands, (row.reason or "") if row is not None else "")
