"""Courses and their versions; a version's text is read once by a process, since it never changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select

from portal.database.extensions import db
from portal.domain.courses import CourseText, read_course
from portal.domain.errors import NotFound
from portal.training.models import Course, CourseVersion

FIRST_COURSE = "dasar-kader"  # the course that makes a cadre


@dataclass(frozen=True, slots=True)
class Exam:
    """A version of a course, and how its exam is held."""

    version_id: int
    course_id: int
    course: str
    title: str
    number: int
    valid_from: str
    content_hash: str
    pass_mark: int
    questions: int
    minutes: int
    tries: int
    tries_days: int


def _select_exams() -> Select[Any]:
    version = CourseVersion
    wanted = select(
        version.id, version.course_id, Course.code, Course.title, version.number, version.valid_from,
        version.content_hash, version.pass_mark, version.questions, version.minutes, version.tries,
        version.tries_days,
    )  # fmt: skip
    return wanted.join(Course, Course.id == version.course_id)


def list_versions() -> list[Exam]:
    """List all versions of all courses, those of one course from its first on."""
    rows = db.session.execute(_select_exams().order_by(Course.code, CourseVersion.number))
    return [Exam(*row) for row in rows]


def list_courses() -> Sequence[Course]:
    """List the courses by code."""
    return db.session.scalars(select(Course).order_by(Course.code)).all()


def get_course(course_id: int) -> Course:
    """Return a course."""
    return db.session.get_one(Course, course_id)


def get_version(version_id: int) -> Exam:
    """Return a version of a course."""
    row = db.session.execute(_select_exams().where(CourseVersion.id == version_id)).one_or_none()
    if row is None:
        raise NotFound("course.not_found")
    return Exam(*row)


def get_course_in_force(code: str, month: str) -> Exam:
    """Return the version of a course that holds in a month; the first one before any does."""
    versions = _select_exams().where(Course.code == code)
    begun = versions.where(CourseVersion.valid_from <= month)
    latest = begun.order_by(CourseVersion.valid_from.desc(), CourseVersion.number.desc())
    row = db.session.execute(latest.limit(1)).one_or_none()
    if row is None:
        row = db.session.execute(versions.order_by(CourseVersion.number).limit(1)).one_or_none()
    if row is None:
        raise NotFound("course.not_found")
    return Exam(*row)


def get_text(version_id: int) -> CourseText:
    """Return what a version teaches and asks."""
    return _read_text(*_version_key(version_id))


def _version_key(version_id: int) -> tuple[int, str]:
    content_hash = db.session.scalar(select(CourseVersion.content_hash).where(CourseVersion.id == version_id))
    if content_hash is None:
        raise NotFound("course.not_found")
    return version_id, content_hash


@lru_cache(maxsize=8)
def _read_text(version_id: int, content_hash: str) -> CourseText:
    """Read a version's document; the hash is part of the key, for tests and restores that use a number again."""
    del content_hash
    document = db.session.scalar(select(CourseVersion.document).where(CourseVersion.id == version_id))
    return read_course(document or {})


def find_newest(code: str) -> tuple[int, str] | None:
    """Return number and hash of a course's newest version, or None."""
    newest = select(CourseVersion.number, CourseVersion.content_hash).join(Course)
    row = db.session.execute(
        newest.where(Course.code == code).order_by(CourseVersion.number.desc()).limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def count_versions(course_id: int) -> int:
    """Count the versions of a course."""
    counted = select(func.count(CourseVersion.id)).where(CourseVersion.course_id == course_id)
    return db.session.scalar(counted) or 0


def get_document(code: str, number: int) -> dict[str, Any]:
    """Return the document of a version: what a new one is made from."""
    wanted = select(CourseVersion.document).join(Course).where(Course.code == code)
    document = db.session.scalar(wanted.where(CourseVersion.number == number))
    if document is None:
        raise NotFound("course.not_found")
    return dict(document)
