"""A new version of the points rules: its bounds, how it differs, when it may begin (rules.md 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from portal.domain.errors import RuleBroken
from portal.domain.months import first_day, month_of, next_month
from portal.domain.points import ACTIVITY_TYPES, PACKS, RETENTION_MONTHS

MOST: Final = 1_000  # points for anything
MOST_A_DAY: Final = 3  # the database has three places for a cadre's local date
STATES: Final = ("draft", "approved", "refused", "withdrawn")

# Every number of the document, in the order in which a person reads them: its part and its key in the part.
NUMBERS: Final[tuple[tuple[str, str], ...]] = (
    *(("activities", code) for code in ACTIVITY_TYPES),
    ("activities_per_day", ""),
    *(("signup", pack) for pack in PACKS),
    *(("retention", str(n)) for n in RETENTION_MONTHS),
    ("training", ""),
    ("fraud", ""),
)


class Change(NamedTuple):
    """One number that differs between two versions; points, or activities of a day."""

    part: str
    key: str
    before: int
    after: int


def number_of(document: Mapping[str, Any], part: str, key: str) -> int:
    """Return one number of a document; 0 where it is not named."""
    found = document.get(part, 0)
    return int(found.get(key, 0) if isinstance(found, Mapping) else found)


def write_document(numbers: Mapping[tuple[str, str], int], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with these numbers; what no number of the form names stays as it was before."""
    written: dict[str, Any] = deepcopy(dict(before))
    for (part, key), value in numbers.items():
        if key:
            written[part] = {**written.get(part, {}), key: value}
        else:
            written[part] = value
    return written


def check_document(document: Mapping[str, Any]) -> None:
    """Refuse a number out of bounds: RuleBroken("points_rules.number").

    Nothing may be worth 0: a source that earns has an entry, and sign-ups are counted by theirs (rules.md 3.3, 4.2).
    """
    for part, key in NUMBERS:
        value = number_of(document, part, key)
        if part == "fraud":
            value = -value
        most = MOST_A_DAY if part == "activities_per_day" else MOST
        if not 1 <= value <= most:
            raise RuleBroken("points_rules.number", {"part": part, "key": key, "most": most})


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """List the numbers that differ, in the order of the document."""
    pairs = ((part, key, number_of(before, part, key), number_of(after, part, key)) for part, key in NUMBERS)
    return [Change(*pair) for pair in pairs if pair[2] != pair[3]]


def earliest_month(today: date, notice_days: int) -> str:
    """Return the first month that begins so many days after today or later: whom it concerns knows it before."""
    told = today + timedelta(days=notice_days)
    month = month_of(told)
    return month if first_day(month) == told else next_month(month)


def require_notice(month: str, today: date, notice_days: int) -> None:
    """Refuse a month that begins before cadres have known it for so many days: RuleBroken("points_rules.too_soon")."""
    earliest = earliest_month(today, notice_days)
    if month < earliest:
        raise RuleBroken("points_rules.too_soon", {"days": notice_days, "month": month, "earliest": earliest})
