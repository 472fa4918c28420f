"""Objects of training that addresses name: an exam under way, a cohort whose session is on."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.accounts.models import User
from portal.database.extensions import db
from portal.training.models import (
    Attempt,
    Course,
    CourseVersion,
    TrainingCohort,
    TrainingSeat,
    TrainingSession,
)


def _store(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row


def make_attempt(cadre: Any) -> int:
    """An exam under way, which ends an hour from now."""
    version = db.session.scalars(select(CourseVersion.id)).first()
    times = {"begun_at": clock.now(), "ends_at": clock.now() + timedelta(hours=1)}
    return _store(Attempt(cadre_id=cadre.id, version_id=version, seed="1", **times)).id


def make_running_cohort(branch: Any, cadre: Any, person: User) -> tuple[int, int]:
    """A cohort whose session is on now, with one cadre in it: its number and the session's."""
    course = db.session.scalars(select(Course.id)).first()
    made = {"opened_by": person.id, "opened_at": clock.now()}
    cohort = _store(
        TrainingCohort(branch_id=branch.id, course_id=course, number=1, place="Balai", seats=30, **made)
    )
    begins, ends = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
    session = _store(TrainingSession(cohort_id=cohort.id, number=1, starts_at=begins, ends_at=ends))
    _store(TrainingSeat(cohort_id=cohort.id, cadre_id=cadre.id, seated_by=person.id, seated_at=clock.now()))
    return cohort.id, session.id
