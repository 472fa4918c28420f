"""The badges that a challenge may give: definitions whose metric is a challenge (rules.md 11.3)."""

from datetime import date


def is_badge_of_challenges(code: str, *, day: date) -> bool:
    """Tell whether a badge in force on a day is one that challenges give."""
    return bool(code) and bool(day)
