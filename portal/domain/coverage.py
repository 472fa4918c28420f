"""Coverage of villages: where to go next, whose village it is, how much of it is protected (rules.md 12.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

YEAR: Final = 12  # months; a village that was never visited counts as one visited this long ago
SHADES: Final = (10, 20, 30, 40)  # per cent of the estimate at which a lozenge gets the next darker green


@dataclass(frozen=True, slots=True)
class Village:
    """What is known of a village: workers as estimated (None: no estimate), participants, visits, the last visit."""

    code: str
    estimate: int | None
    participants: int
    visits: int
    last_visit: date | None

    @property
    def unprotected(self) -> int:
        """Return the estimated workers who are no participants, at least 0."""
        return max(0, (self.estimate or 0) - self.participants)


def whole_months(since: date, day: date) -> int:
    """Count the whole months from one day to another.

    The greatest n for which `since` moved n months on, to that month's last day if it lacks the day, is not after
    `day`; 0 if `since` is after it.
    """
    passed = (day.year - since.year) * YEAR + day.month - since.month
    not_yet = (
        since.day > day.day and (day + timedelta(days=1)).month == day.month
    )  # it is not the month's last day
    return max(0, passed - not_yet)


def months_without(last_visit: date | None, day: date) -> int:
    """Return the months without a visit that count: at most 12, and 12 if there never was one."""
    return YEAR if last_visit is None else min(YEAR, whole_months(last_visit, day))


def worker_months(village: Village, day: date) -> int:
    """Return the unprotected workers of a village x the months without a visit: twelve times its need."""
    return village.unprotected * months_without(village.last_visit, day)


def where_next(village: Village, day: date) -> Fraction:
    """Return how much a village needs a visit: its unprotected workers x months without a visit / 12, exactly."""
    return Fraction(worker_months(village, day), YEAR)


def in_order(villages: Iterable[Village], day: date) -> list[Village]:
    """Order villages by where to go next, largest first, ties by code."""
    return sorted(villages, key=lambda village: (-worker_months(village, day), village.code))


def one_decimal(amount: Fraction) -> Decimal:
    """Round an exact amount, never below 0, to one decimal, half up."""
    return Decimal((20 * amount + 1) // 2).scaleb(-1)


def share(participants: int, estimate: int) -> Fraction | None:
    """Return the participants as a share of the estimated workers; None without any."""
    return Fraction(participants, estimate) if estimate > 0 else None


def shade(participants: int, estimate: int) -> int:
    """Return the shade of a lozenge, 1 (under 10 per cent) to 5 (40 per cent or more); 0 without an estimate."""
    return 0 if estimate <= 0 else 1 + sum(participants * 100 >= least * estimate for least in SHADES)


def covering(area: str, regions: Mapping[str, list[int]]) -> list[int]:
    """Return the branches of a village or larger area: those with the longest region code that its code begins with.

    `regions` maps region codes to the branches that carry them; several branches may share one.
    """
    for length in range(len(area), 0, -1):
        if found := regions.get(area[:length]):
            return found
    return []
