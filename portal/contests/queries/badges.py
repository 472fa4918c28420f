"""The badges that a challenge may give: definitions whose metric is a challenge (rules.md 11.3)."""

from datetime import date
from typing import Final

from portal.domain.recognition.definitions import Badge
from portal.recognition.queries.definitions import get_book

METRIC: Final = "challenge"


def find_badge(code: str, *, day: date) -> Badge | None:
    """Return a badge that challenges give, as it is in force on a day; None for any other."""
    badge = get_book(day).badges.get(code)
    return badge if badge is not None and badge.metric == METRIC else None


def list_badges(day: date) -> list[Badge]:
    """List the badges that challenges give on a day, by code."""
    return sorted(
        (badge for badge in get_book(day).badges.values() if badge.metric == METRIC), key=lambda one: one.code
    )
