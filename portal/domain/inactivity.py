"""When a cadre counts as inactive, and when one may come back (docs/rules.md 14)."""

from __future__ import annotations

from portal.domain.months import add_months


def idle_window(last_closed: str, months: int) -> tuple[str, str]:
    """Return the first and last of the closed months in which an inactive cadre brought nothing."""
    return add_months(last_closed, 1 - months), last_closed


def return_month(suspended_in: str, months: int) -> str:
    """Return the month from which a cadre suspended for inactivity may come back."""
    return add_months(suspended_in, months)
