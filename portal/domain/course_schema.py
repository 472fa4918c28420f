"""The JSON Schema of courses (draft 2020-12): lessons made of blocks, a question bank, how the exam is held."""

from __future__ import annotations

from typing import Any, Final

# How an exam is held unless its course says otherwise (rules.md 10.1).
EXAM: Final[dict[str, int]] = {"pass_mark": 70, "questions": 20, "minutes": 45, "tries": 3, "tries_days": 30}

_CODE = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,39}$"}
_MONTH = {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"}


def _text(longest: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest}


def _many(items: dict[str, Any], least: int, most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _all(properties: dict[str, Any], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return an object of which every property is required but those named as optional."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _block(kind: str, **properties: Any) -> dict[str, Any]:
    return _all({"kind": {"const": kind}, **properties})


_TAGS = _many(_text(20), 1, 10)
_BLOCKS = (
    _block("text", text=_text(1_200)),
    _block("points", items=_many(_text(400), 1, 12)),
    _block("story", title=_text(80), text=_text(1_500)),
    _block("remember", text=_text(500)),
    _block("table", headings=_many(_text(80), 2, 5), rows=_many(_many(_text(240), 2, 5), 1, 20)),
)
_LESSON = _all(
    {
        "code": _CODE,
        "title": _text(80),
        "minutes": {"type": "integer", "minimum": 1, "maximum": 60},
        "blocks": _many({"oneOf": list(_BLOCKS)}, 1, 40),
        "sources": _TAGS,
    }
)
_QUESTION = _all(
    {
        "code": _CODE,
        "lesson": _CODE,
        "text": _text(600),
        "answers": {**_many(_text(300), 2, 6), "uniqueItems": True},
        "explanation": _text(800),
        "sources": _TAGS,
    }
)
_EXAM_NUMBERS = {
    "pass_mark": {"type": "integer", "minimum": 1, "maximum": 100},
    "questions": {"type": "integer", "minimum": 1, "maximum": 200},
    "minutes": {"type": "integer", "minimum": 1, "maximum": 480},
    "tries": {"type": "integer", "minimum": 1, "maximum": 50},
    "tries_days": {"type": "integer", "minimum": 1, "maximum": 365},
}
COURSE_SCHEMA: Final = _all(
    {
        "format": {"const": "portal-course-1"},
        "code": _CODE,
        "title": _text(80),
        "summary": _text(400),
        "valid_from": _MONTH,
        "exam": _all(_EXAM_NUMBERS, optional=tuple(_EXAM_NUMBERS)),
        "sources": _many(_all({"tag": _text(20), "name": _text(200), "checked": _text(10)}), 1, 60),
        "lessons": _many(_LESSON, 1, 60),
        "questions": _many(_QUESTION, 1, 1_000),
    },
    optional=("exam",),
)
