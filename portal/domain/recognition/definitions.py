"""What is recognised, as data: a badge, the levels, the leagues, read from their documents (rules.md 11)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from portal.domain.errors import RuleBroken

METRICS = (
    "activities",
    "villages",
    "types",
    "signups",
    "retention",
    "first_time",
    "streak",
    "level",
    "training",
    "challenge",
)
WINDOWS = ("ever", "month", "quarter", "year")
# A streak, a level and a challenge are of no month: they are reached once and for all.
LASTING = ("streak", "level", "challenge")


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge's definition: what is counted, how many it takes, within which window.

    `threshold` is a number of the metric's rows; of first-time approval it is percent, of at least `minimum` decided
    reports; of a streak weeks, of a level its number. `type`: of activities only this one. `step`: contribution month.
    """

    code: str
    version: int
    metric: str
    threshold: int
    window: str = "ever"
    type: str | None = None
    step: int | None = None
    minimum: int = 0
    points: int = 0
    public: bool = True
    picture: str = ""
    name_id: str = ""
    name_en: str = ""
    what_id: str = ""
    what_en: str = ""


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels: from how many points each begins, and their names."""

    thresholds: tuple[int, ...]
    names_id: tuple[str, ...]
    names_en: tuple[str, ...]

    def name(self, number: int, locale: str) -> str:
        """Return a level's name, counted from 1."""
        names = self.names_en if locale == "en" else self.names_id
        return names[number - 1]


@dataclass(frozen=True, slots=True)
class Leagues:
    """The leagues: the names of the divisions from the lowest, the size of a group, how many of a group rise."""

    names_id: tuple[str, ...]
    names_en: tuple[str, ...]
    group_size: int
    rise: int


def read_badge(code: str, version: int, document: Mapping[str, Any]) -> Badge:
    """Read a badge from its document, which satisfies the schema."""
    of = document.get("of", {})
    texts = {name: document[name] for name in ("name_id", "name_en", "what_id", "what_en", "picture")}
    return Badge(
        code=code,
        version=version,
        metric=document["metric"],
        threshold=document["threshold"],
        window=document["window"],
        type=of.get("type"),
        step=of.get("step"),
        minimum=of.get("min", 0),
        points=document["points"],
        public=document["public"],
        **texts,
    )


def read_levels(document: Mapping[str, Any]) -> Levels:
    """Read the levels from their document."""
    return Levels(tuple(document["thresholds"]), tuple(document["names_id"]), tuple(document["names_en"]))


def read_leagues(document: Mapping[str, Any]) -> Leagues:
    """Read the leagues from their document."""
    names = (tuple(document["names_id"]), tuple(document["names_en"]))
    return Leagues(*names, document["group_size"], document["rise"])


def check_definition(kind: str, document: Mapping[str, Any]) -> None:
    """Check what a schema cannot say; raise RuleBroken with the place."""
    if kind == "badge":
        _check_badge(document)
    else:
        counted = len(document["thresholds"]) if kind == "levels" else len(document["names_id"])
        if {len(document["names_id"]), len(document["names_en"])} != {counted}:
            raise RuleBroken("recognition.names_missing", {"count": counted})
    if kind == "levels":
        steps = document["thresholds"]
        if steps[0] != 0 or any(later <= earlier for earlier, later in pairwise(steps)):
            raise RuleBroken("recognition.thresholds_not_rising")


def _check_badge(document: Mapping[str, Any]) -> None:
    metric, of = document["metric"], document.get("of", {})
    asked = {"retention": {"step"}, "first_time": {"min"}}.get(metric, set())
    allowed = asked | ({"type"} if metric in {"activities", "villages"} else set())
    if not asked <= of.keys() <= allowed:
        raise RuleBroken("recognition.of_does_not_fit", {"metric": metric})
    if metric in LASTING and document["window"] != "ever":
        raise RuleBroken("recognition.window_does_not_fit", {"metric": metric})
    if metric == "first_time" and document["threshold"] > 99:  # one report sent back would end it for ever
        raise RuleBroken("recognition.percent")


def content_hash(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document, whatever the order of its keys."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
