"""Exams of a cadre: attempts, the questions of one, and whether another may begin now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select

from portal.database.extensions import db
from portal.domain.errors import NotFound
from portal.domain.training import Asked, draw, next_try
from portal.training.models import (
    Attempt,
    AttemptAnswer,
    Certificate,
    CourseVersion,
    FreedTry,
    TrainingCohort,
    TrainingSeat,
    TrainingSession,
)
from portal.training.queries.courses import Exam, get_text, get_version

Standing = Literal["no_cohort", "early", "open", "passed", "wait", "ready"]


@dataclass(frozen=True, slots=True)
class ExamState:
    """Whether a cadre may sit an exam now; `at` is the instant from which it is possible (early, wait).

    `attempts` are those of the course, the newest first; `left` are the tries that may begin now.
    """

    standing: Standing
    attempts: Sequence[Attempt]
    left: int
    at: datetime | None = None

    @property
    def newest(self) -> Attempt | None:
        """Return the newest attempt."""
        return self.attempts[0] if self.attempts else None


def read_exam_state(cadre_id: int, exam: Exam, *, now: datetime) -> ExamState:
    """Say whether a cadre may sit the exam of a course now (rules.md 10.1 and 10.2)."""
    attempts = list_attempts(cadre_id, exam.course_id)
    since = now - timedelta(days=exam.tries_days)
    tries = exam.tries + _count_freed(cadre_id, exam.course_id, since)
    begun = [one.begun_at for one in attempts]
    left = max(0, tries - sum(at > since for at in begun))
    if any(one.handed_in_at is None for one in attempts):
        return ExamState("open", attempts, left)
    begins = _find_beginning(cadre_id, exam.course_id)
    if begins is None:
        standing: Standing = "passed" if any(one.passed for one in attempts) else "no_cohort"
        return ExamState(standing, attempts, left)
    if begins > now:
        return ExamState("early", attempts, left, begins)
    if any(one.passed and one.handed_in_at and one.handed_in_at >= begins for one in attempts):
        return ExamState("passed", attempts, left)
    later = next_try(begun, now=now, tries=tries, days=exam.tries_days)
    return ExamState("ready" if later is None else "wait", attempts, left, later)


def _find_beginning(cadre_id: int, course_id: int) -> datetime | None:
    """Return when the first session begins of the cadre's newest cohort of a course that gave no certificate yet."""
    issued = select(Certificate.cohort_id).where(Certificate.cadre_id == cadre_id)
    begins = select(func.min(TrainingSession.starts_at)).join(
        TrainingCohort, TrainingCohort.id == TrainingSession.cohort_id
    )
    begins = begins.join(TrainingSeat, TrainingSeat.cohort_id == TrainingCohort.id)
    begins = begins.where(TrainingSeat.cadre_id == cadre_id, TrainingCohort.course_id == course_id)
    begins = begins.where(TrainingCohort.status == "open", TrainingCohort.id.not_in(issued))
    newest = begins.group_by(TrainingCohort.id).order_by(func.min(TrainingSession.starts_at).desc())
    return db.session.scalar(newest.limit(1))


def _count_freed(cadre_id: int, course_id: int, since: datetime) -> int:
    freed = select(func.count(FreedTry.id)).where(FreedTry.cadre_id == cadre_id)
    return db.session.scalar(freed.where(FreedTry.course_id == course_id, FreedTry.freed_at > since)) or 0


def list_attempts(cadre_id: int, course_id: int) -> Sequence[Attempt]:
    """List a cadre's attempts at a course's exam, the newest first."""
    wanted = select(Attempt).join(CourseVersion, CourseVersion.id == Attempt.version_id)
    wanted = wanted.where(Attempt.cadre_id == cadre_id, CourseVersion.course_id == course_id)
    return db.session.scalars(wanted.order_by(Attempt.begun_at.desc(), Attempt.id.desc())).all()


def get_attempt(attempt_id: int, *, cadre_id: int) -> Attempt:
    """Return a cadre's own attempt."""
    wanted = select(Attempt).where(Attempt.id == attempt_id, Attempt.cadre_id == cadre_id)
    attempt = db.session.scalars(wanted).one_or_none()
    if attempt is None:
        raise NotFound("exam.not_found")
    return attempt


def lock_attempt(attempt_id: int) -> Attempt:
    """Return an attempt as it is now, locked until the end of the transaction."""
    wanted = select(Attempt).where(Attempt.id == attempt_id).with_for_update()
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def list_ended(now: datetime) -> Sequence[int]:
    """List the attempts whose time is over and that nobody handed in."""
    wanted = select(Attempt.id).where(Attempt.handed_in_at.is_(None), Attempt.ends_at <= now)
    return db.session.scalars(wanted.order_by(Attempt.id)).all()


def list_asked(attempt: Attempt) -> list[Asked]:
    """List an attempt's questions, always the same ones in the same order."""
    exam = get_version(attempt.version_id)
    return draw(attempt.seed, get_text(exam.version_id).questions, exam.questions)


def answers_of(attempt_id: int) -> dict[int, int]:
    """Return the answers given so far: the question's place in the attempt (from 1) → the answer's in the bank."""
    rows = select(AttemptAnswer.place, AttemptAnswer.answer).where(AttemptAnswer.attempt_id == attempt_id)
    return {row.place: row.answer for row in db.session.execute(rows)}
