"""Periods of boards: a month, a quarter ('2026-Q4'), a year ('2026') and all time ('ALL') (rules.md 4.1)."""

from __future__ import annotations

import re
from typing import Final

from portal.domain.errors import RuleBroken
from portal.domain.months import MONTH_PATTERN, add_months

ALL: Final = "ALL"
KINDS: Final = ("month", "quarter", "year", "all")
PERIOD_PATTERN: Final = f"{MONTH_PATTERN}|(?:19|2[0-9])[0-9]{{2}}(?:-Q[1-4])?|{ALL}"
_PERIOD: Final = re.compile(PERIOD_PATTERN)
_MONTHS_OF: Final = {"month": 1, "quarter": 3, "year": 12}


def parse_period(text: str) -> str:
    """Read a period; raise RuleBroken("period.malformed") for anything else."""
    period = text.strip()
    if not _PERIOD.fullmatch(period):
        raise RuleBroken("period.malformed", {"text": text[:40]})
    return period


def kind_of(period: str) -> str:
    """Tell whether a period is a month, a quarter, a year or all time."""
    if period == ALL:
        return "all"
    if len(period) == 4:
        return "year"
    return "quarter" if period[5] == "Q" else "month"


def is_month(period: str) -> bool:
    """Tell whether a period is one month: only months are frozen."""
    return kind_of(period) == "month"


def period_of(kind: str, month: str) -> str:
    """Return the period of a kind to which a month belongs."""
    year, number = month[:4], int(month[5:])
    return {"month": month, "quarter": f"{year}-Q{(number + 2) // 3}", "year": year, "all": ALL}[kind]


def sums_of(month: str) -> tuple[str, str, str]:
    """Return the quarter, the year and all time: the sums to which a month's points belong."""
    return period_of("quarter", month), period_of("year", month), ALL


def first_month(period: str) -> str:
    """Return the first month of a month, quarter or year."""
    kind = kind_of(period)
    if kind == "quarter":
        return f"{period[:4]}-{3 * int(period[6]) - 2:02d}"
    return f"{period}-01" if kind == "year" else period


def step(period: str, n: int) -> str:
    """Go n periods of the same kind on (back if n is negative); all time stays."""
    kind = kind_of(period)
    if kind == "all":
        return period
    return period_of(kind, add_months(first_month(period), n * _MONTHS_OF[kind]))
