"""Courses: checking a document, storing it as a new version, and the shipped one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from portal import audit
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.course_schema import COURSE_SCHEMA
from portal.domain.courses import check_course, exam_of, read_course
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.plans import content_hash
from portal.tables.documents import find_fault
from portal.training.models import Course, CourseVersion
from portal.training.queries.courses import count_versions, find_newest

SHIPPED: Final = Path(__file__).parents[1] / "courses" / "dasar-kader-1.json"


@dataclass(frozen=True)
class LoadedCourse:
    """The version under which a course is stored."""

    code: str
    number: int
    valid_from: str
    content_hash: str


def read_shipped() -> dict[str, Any]:
    """Read the course that comes with the portal."""
    document: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return document


def install_shipped_course(*, by: Signature) -> None:
    """Store the shipped course, unless any version of it is there."""
    document = read_shipped()
    if find_newest(document["code"]) is None:
        _store(check_document(document), by=by, act="course.installed")


def check_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Check a course against its schema and the rules; name the first fault."""
    fault = find_fault(document, COURSE_SCHEMA)
    if fault is not None:
        raise RuleBroken("course.schema", {"place": fault.place, "problem": fault.problem})
    check_course(read_course(document), asked=exam_of(document)["questions"])
    return dict(document)


def load_course(*, document: Mapping[str, Any], by: Signature) -> LoadedCourse:
    """Store a new version of a course; the newest one once more returns its number."""
    if by.actor.role not in {"admin", "operator"} or by.actor.scope != "nation":
        raise NotAllowed("people.nation_only")
    checked = check_document(document)
    newest, made = find_newest(checked["code"]), content_hash(checked)
    if newest is not None and newest[1] == made:
        return LoadedCourse(checked["code"], newest[0], checked["valid_from"], made)
    return _store(checked, by=by, act="course.loaded")


def _store(document: dict[str, Any], *, by: Signature, act: str) -> LoadedCourse:
    course = insert_into(Course).values(code=document["code"], title=document["title"])
    db.session.execute(
        course.on_conflict_do_update(index_elements=["code"], set_={"title": document["title"]})
    )
    course_id = db.session.scalars(select(Course.id).where(Course.code == document["code"])).one()
    version = CourseVersion(
        course_id=course_id,
        number=count_versions(course_id) + 1,
        valid_from=document["valid_from"],
        document=document,
        content_hash=content_hash(document),
        loaded_by=by.actor.user_id,
        loaded_at=by.at,
        **exam_of(document),
    )
    db.session.add(version)
    db.session.flush()
    details = {"code": document["code"], "from_month": version.valid_from, "hash": version.content_hash}
    audit.record(by=by, act=act, subject=("course", course_id), details=details)
    return LoadedCourse(document["code"], version.number, version.valid_from, version.content_hash)
