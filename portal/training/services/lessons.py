"""Lessons that a cadre has read."""

from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotFound
from portal.training.models import LessonRead
from portal.training.queries.courses import Exam, get_text


def mark_read(*, exam: Exam, lesson: str, by: Signature) -> None:
    """Record that a cadre has read a lesson to its end; the first time stays."""
    if get_text(exam.version_id).place_of(lesson) is None:
        raise NotFound("course.no_such_lesson")
    read = {"cadre_id": by.actor.cadre_id, "course_id": exam.course_id, "lesson": lesson, "read_at": by.at}
    db.session.execute(insert_into(LessonRead).values(read).on_conflict_do_nothing())
