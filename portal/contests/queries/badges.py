"""The badges that a challenge may give: definitions whose metric is a challenge (rules.md 11.3)."""

from datetime import date


def is_badge_of_challenges(code: str, *, day: date) -> bool:
    """Tell whether a badge in force on a day is one that challenges give."""
    return bool(code) and bool(day)


def list_badges_of_challenges(day: date) -> list[tuple[str, str, str]]:
    """List the badges that challenges give on a day, by code: the code, the name in Indonesian and in English."""
    del day
    return []
