"""The published JSON Schemas of what is recognised (draft 2020-12): badges, levels, leagues."""

from __future__ import annotations

import re
from typing import Any

from portal.domain.points import ACTIVITY_TYPES, RETENTION_MONTHS
from portal.domain.recognition.definitions import METRICS, WINDOWS

CODE = re.compile(r"[a-z0-9_-]{1,24}")  # as badge_bonus names badges: domain/plan_schema.py
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_NAME = {"type": "string", "minLength": 1, "maxLength": 40}
_WHAT = {"type": "string", "minLength": 1, "maxLength": 160}
_POSITIVE = {"type": "integer", "minimum": 1, "maximum": 1_000_000}


def _names(least: int, most: int) -> dict[str, Any]:
    return {"type": "array", "items": _NAME, "minItems": least, "maxItems": most, "uniqueItems": True}


def _schema(title: str, properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "$schema": _DRAFT,
        "title": title,
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


BADGE_SCHEMA: dict[str, Any] = _schema(
    "Badge of Portal Kader",
    {
        "name_id": _NAME,
        "name_en": _NAME,
        "what_id": _WHAT,
        "what_en": _WHAT,
        "picture": {"type": "string", "pattern": f"^{CODE.pattern}$"},
        "metric": {"enum": list(METRICS)},
        "of": {
            "type": "object",
            "properties": {
                "type": {"enum": list(ACTIVITY_TYPES)},
                "step": {"enum": list(RETENTION_MONTHS)},
                "min": _POSITIVE,
            },
            "additionalProperties": False,
        },
        "threshold": _POSITIVE,
        "window": {"enum": list(WINDOWS)},
        "points": {"type": "integer", "minimum": 0, "maximum": 1_000},
        "public": {"type": "boolean"},
    },
    ("of",),
)
LEVELS_SCHEMA: dict[str, Any] = _schema(
    "Levels of Portal Kader",
    {
        "thresholds": {
            "type": "array",
            "items": {"type": "integer", "minimum": 0, "maximum": 100_000_000},
            "minItems": 2,
            "maxItems": 30,
        },
        "names_id": _names(2, 30),
        "names_en": _names(2, 30),
    },
)
LEAGUES_SCHEMA: dict[str, Any] = _schema(
    "Leagues of Portal Kader",
    {
        "names_id": _names(5, 5),
        "names_en": _names(5, 5),
        "group_size": {"type": "integer", "minimum": 3, "maximum": 100},
        "rise": {"type": "integer", "minimum": 1, "maximum": 50},
    },
)
SCHEMAS: dict[str, dict[str, Any]] = {
    "badge": BADGE_SCHEMA,
    "levels": LEVELS_SCHEMA,
    "leagues": LEAGUES_SCHEMA,
}
