"""Which lessons a cadre has read."""

from sqlalchemy import select

from portal.database.extensions import db
from portal.training.models import LessonRead


def lessons_read(cadre_id: int, course_id: int) -> set[str]:
    """Return the codes of the lessons of a course that a cadre has read."""
    wanted = select(LessonRead.lesson).where(LessonRead.cadre_id == cadre_id)
    return set(db.session.scalars(wanted.where(LessonRead.course_id == course_id)))
