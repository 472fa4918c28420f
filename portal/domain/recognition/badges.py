"""Badges: how far a cadre is with one, whether it is earned, and on which rows it stands (rules.md 11.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.domain.months import month_of
from portal.domain.recognition.definitions import Badge
from portal.domain.recognition.metrics import Facts, Item, items_of, rows_of

NEAREST = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """How far a badge's metric has come, and the sources of the rows behind it, sorted bytewise."""

    value: int
    evidence: list[str]


@dataclass(frozen=True, slots=True)
class Toward:
    """How far a cadre is with a badge that is not earned yet: exactly `left` more of its metric's unit.

    Of first-time approval `value` and the threshold are percent, of `decided` reports so far; `left` counts the
    reports that have to be approved at first from now on.
    """

    badge: Badge
    value: int
    left: int
    decided: int = 0

    @property
    def share(self) -> float:
        """Return the part of the way that is behind the cadre, from 0 to 1."""
        if self.badge.metric == "first_time":
            return self.decided / (self.decided + self.left) if self.decided else 0.0
        return min(1.0, max(0.0, self.value / self.badge.threshold))


def window_of(day: date, window: str) -> str:
    """Name the window of the calendar that a local date lies in; '' is all time."""
    if window == "month":
        return month_of(day)
    if window == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return str(day.year) if window == "year" else ""


def measure(facts: Facts, badge: Badge, as_of: date) -> Measured:
    """Return how far a badge has come by a local date, in the window of that date, with all rows behind it."""
    if badge.metric == "level":
        return Measured(facts.level, [f"level:{facts.level}"])
    wanted = window_of(as_of, badge.window)
    items = [
        item
        for item in items_of(facts, badge)
        if item.day <= as_of and window_of(item.day, badge.window) == wanted
    ]
    return _measured(facts, badge, items)


def earned(badge: Badge, facts: Facts) -> Measured | None:
    """Return what a badge is earned by, in the first window that suffices; None if it is not earned.

    The evidence are the rows that it took: the first ones, as many as the threshold asks.
    """
    if badge.metric == "level":
        return Measured(facts.level, [f"level:{facts.level}"]) if facts.level >= badge.threshold else None
    least = badge.minimum if badge.metric == "first_time" else badge.threshold
    if len(rows_of(facts, badge)) < least:
        return None
    for items in _by_window(items_of(facts, badge), badge.window):
        found = _measured(facts, badge, items)
        if _suffices(badge, found, items):
            return found if badge.metric == "first_time" else _cut(badge, found.value, items)
    return None


def _by_window(items: Sequence[Item], window: str) -> Iterable[list[Item]]:
    """Group rows by their window, the earliest first."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(window_of(item.day, window), []).append(item)
    return groups.values()


def _measured(facts: Facts, badge: Badge, items: Sequence[Item]) -> Measured:
    if badge.metric == "first_time":
        return _rate(facts, items)
    return Measured(len(items), _sorted(items))


def _rate(facts: Facts, items: Sequence[Item]) -> Measured:
    """Return the share of decided reports that were approved at first, in whole percent rounded down, and these."""
    at_first = {f"activity:{one.ref}" for one in facts.reports if one.approved and one.at_first}
    good = [item for item in items if item.source in at_first]
    return Measured(100 * len(good) // len(items) if items else 0, _sorted(good))


def _suffices(badge: Badge, found: Measured, items: Sequence[Item]) -> bool:
    enough = len(items) >= badge.minimum if badge.metric == "first_time" else True
    return enough and found.value >= badge.threshold


def _cut(badge: Badge, value: int, items: Sequence[Item]) -> Measured:
    return Measured(value, _sorted(items[: badge.threshold]))


def _sorted(items: Iterable[Item]) -> list[str]:
    return sorted((item.source for item in items), key=str.encode)


def toward(badge: Badge, facts: Facts, as_of: date) -> Toward:
    """Return how far a cadre is with a badge in the window of a local date, and what exactly is missing."""
    if badge.metric == "first_time":
        return _toward_rate(badge, facts, as_of)
    value = measure(facts, badge, as_of).value
    return Toward(badge, value, max(0, badge.threshold - value))


def _toward_rate(badge: Badge, facts: Facts, as_of: date) -> Toward:
    """Count the reports that have to be approved at once: until the share suffices, and until there are enough."""
    wanted = window_of(as_of, badge.window)
    items = [item for item in items_of(facts, badge) if window_of(item.day, badge.window) == wanted]
    found = _rate(facts, items)
    missing, good = max(0, badge.minimum - len(items)), len(found.evidence)
    short = badge.threshold * len(items) - 100 * good  # by how many hundredths of a report
    if short > 0:
        missing = max(missing, -(-short // (100 - badge.threshold)))
    return Toward(badge, found.value, missing, len(items))


def nearest(found: Iterable[Toward], count: int = NEAREST) -> list[Toward]:
    """Choose the badges that are nearest: the largest part of the way first, then the fewest missing, then by code."""
    order = sorted(found, key=lambda one: (-one.share, one.left, one.badge.code.encode()))
    return order[:count]
