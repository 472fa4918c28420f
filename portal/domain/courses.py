"""A course as its document says: lessons, question bank, sources; what a schema cannot check (rules.md 10.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.course_schema import EXAM
from portal.domain.errors import RuleBroken
from portal.domain.training import Question


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson: the minutes it takes to read, and its blocks as the document writes them."""

    code: str
    title: str
    minutes: int
    blocks: tuple[Mapping[str, Any], ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CourseText:
    """A course's document: lessons in their order, the question bank, sources by their tag."""

    title: str
    summary: str
    lessons: tuple[Lesson, ...]
    questions: tuple[Question, ...]
    sources: Mapping[str, str]

    def place_of(self, lesson: str) -> int | None:
        """Return the place of a lesson, from 0; None if the course has no such lesson."""
        return next((place for place, one in enumerate(self.lessons) if one.code == lesson), None)


def read_course(document: Mapping[str, Any]) -> CourseText:
    """Read a document that satisfies the schema."""
    return CourseText(
        title=document["title"],
        summary=document["summary"],
        lessons=tuple(
            Lesson(one["code"], one["title"], one["minutes"], tuple(one["blocks"]), tuple(one["sources"]))
            for one in document["lessons"]
        ),
        questions=tuple(
            Question(
                code=one["code"],
                lesson=one["lesson"],
                text=one["text"],
                answers=tuple(one["answers"]),
                explanation=one["explanation"],
                sources=tuple(one["sources"]),
            )
            for one in document["questions"]
        ),
        sources={one["tag"]: one["name"] for one in document["sources"]},
    )


def exam_of(document: Mapping[str, Any]) -> dict[str, int]:
    """Return how the exam of a course is held: what its document says, else the rule's numbers."""
    return {**EXAM, **document.get("exam", {})}


def check_course(course: CourseText, *, asked: int) -> None:
    """Raise RuleBroken for a code given twice, an unknown lesson or source, uneven tables, or too few questions."""
    _check_unique("lesson", (one.code for one in course.lessons))
    _check_unique("question", (one.code for one in course.questions))
    lessons = {one.code for one in course.lessons}
    for question in course.questions:
        if question.lesson not in lessons:
            raise RuleBroken("course.unknown_lesson", {"question": question.code, "lesson": question.lesson})
        _check_sources(course, question)
    for lesson in course.lessons:
        _check_sources(course, lesson)
        _check_tables(lesson)
    if len(course.questions) < asked:
        raise RuleBroken("course.too_few_questions", {"n": len(course.questions), "asked": asked})


def _check_sources(course: CourseText, part: Lesson | Question) -> None:
    unknown = next((tag for tag in part.sources if tag not in course.sources), None)
    if unknown is not None:
        raise RuleBroken("course.unknown_source", {"place": part.code, "tag": unknown})


def _check_unique(what: str, codes: Iterable[str]) -> None:
    twice = next((code for code, n in Counter(codes).items() if n > 1), None)
    if twice is not None:
        raise RuleBroken("course.code_twice", {"what": what, "code": twice})


def _check_tables(lesson: Lesson) -> None:
    for block in lesson.blocks:
        if block["kind"] == "table" and any(len(row) != len(block["headings"]) for row in block["rows"]):
            raise RuleBroken("course.uneven_table", {"lesson": lesson.code})
