"""When things happen in the demo: the months that are closed, the extracts, and the last instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.domain.months import (
    add_months,
    close_moment,
    first_day,
    last_day,
    month_of,
    month_range,
    next_month,
)

OFFICE_ZONE = "Asia/Jakarta"
FIRST_ZONE = "Asia/Jayapura"


def local_instant(day: date, hour: int, minute: int = 0, zone: str = OFFICE_ZONE) -> datetime:
    """Return the instant of a local time."""
    return datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True)
class Delivery:
    """An extract of the agency: its as-of day, and when the validator applies it."""

    as_of: date
    applied_at: datetime


@dataclass(frozen=True)
class Calendar:
    """The demo's months: closed ones, then open ones; nothing happens at `end` or later."""

    closed: tuple[str, ...]
    open: tuple[str, ...]
    deliveries: tuple[Delivery, ...]
    end: datetime
    last_day: date

    @property
    def months(self) -> tuple[str, ...]:
        """Return all months in order."""
        return self.closed + self.open

    def delivery_of(self, month: str) -> list[int]:
        """Return the numbers of the extracts whose as-of day is in a month."""
        return [number for number, one in enumerate(self.deliveries) if month_of(one.as_of) == month]

    def reaching(self, day: date, reported: date, known_at: datetime) -> int | None:
        """Return the number of the first extract that can contain a payment of a day; None if there is none yet.

        A reported worker appears in no extract as of an earlier month or applied before the report.
        """
        return next(
            (
                number
                for number, one in enumerate(self.deliveries)
                if one.as_of >= day
                and one.applied_at > known_at
                and month_of(one.as_of) >= month_of(reported)
            ),
            None,
        )

    def takes(self, earned: str, decided_at: datetime) -> str:
        """Return the month that takes what was decided at an instant: its own, or the oldest one open then."""
        closed = [month for month in self.closed if closing_of(month) <= decided_at]
        return max(earned, next_month(closed[-1])) if closed else earned


def closing_of(month: str) -> datetime:
    """Return the instant at which the scheduler closes a month."""
    return close_moment(month) + timedelta(minutes=1)


def make_calendar(until: date, months: int) -> Calendar:
    """Lay out this many closed months before a day, and the open time since; all of it before that day begins."""
    end = local_instant(until, 0, zone=FIRST_ZONE)
    last = until - timedelta(days=1)
    newest = add_months(month_of(last), -1)
    if closing_of(newest) >= end:
        newest = add_months(newest, -1)
    closed = month_range(add_months(newest, 1 - months), newest)
    open_ones = month_range(next_month(newest), month_of(last))
    return Calendar(
        closed=tuple(closed),
        open=tuple(open_ones),
        deliveries=tuple(_deliveries([*closed, *open_ones], end, last)),
        end=end,
        last_day=last,
    )


def _deliveries(months: Sequence[str], end: datetime, last: date) -> list[Delivery]:
    """Make one extract as of each month's end, and one of the present month from three days ago."""
    found = [
        Delivery(last_day(month), local_instant(first_day(next_month(month)), 19, 10)) for month in months
    ]
    found = [one for one in found if one.applied_at < end]
    recent = last - timedelta(days=2)
    if (not found or recent > found[-1].as_of) and recent >= first_day(months[-1]):
        found.append(Delivery(recent, local_instant(recent + timedelta(days=1), 9, 5)))
    return found
