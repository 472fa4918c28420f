"""Months as 'YYYY-MM', local dates, and the calendar of a close (rules.md 1)."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from portal.domain.errors import RuleBroken

ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
CLOSE_ZONE = "Asia/Jakarta"
CLOSE_HOUR = 2
DEFAULT_CLOSE_DAY = 3
ALARM_DAY = 2  # the scheduler raises an alarm from this day of the next month on (rules.md 1.5)

MONTH_PATTERN = "(?:19|2[0-9])[0-9]{2}-(?:0[1-9]|1[0-2])"
_MONTH = re.compile(MONTH_PATTERN)


def month_of(day: date) -> str:
    """Give the month of a local date."""
    return day.isoformat()[:7]


def parse_month(text: str) -> str:
    """Read 'YYYY-MM'; raise RuleBroken("month.malformed") for anything else."""
    month = text.strip()
    if not _MONTH.fullmatch(month):
        raise RuleBroken("month.malformed", {"text": text[:40]})
    return month


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _from_index(index: int) -> str:
    year, zero_based = divmod(index, 12)
    return f"{year:04d}-{zero_based + 1:02d}"


def first_day(month: str) -> date:
    """Give the first day of a month."""
    return date(int(month[:4]), int(month[5:]), 1)


def last_day(month: str) -> date:
    """Give the last day of a month."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])


def add_months(month: str, n: int) -> str:
    """Go n months on (back if n is negative)."""
    return _from_index(_index(month) + n)


def next_month(month: str) -> str:
    """Give the month after."""
    return add_months(month, 1)


def previous_month(month: str) -> str:
    """Give the month before."""
    return add_months(month, -1)


def months_between(a: str, b: str) -> int:
    """Count the months from a to b: 0 for the same month, negative if b is earlier."""
    return _index(b) - _index(a)


def month_range(a: str, b: str) -> list[str]:
    """List the months from a to b, both included; empty if b is earlier."""
    return [_from_index(index) for index in range(_index(a), _index(b) + 1)]


def subtract_months(day: date, n: int) -> date:
    """Go n months back on the calendar; a day that the month lacks becomes its last day."""
    month = add_months(month_of(day), -n)
    return first_day(month).replace(day=min(day.day, last_day(month).day))


@lru_cache(maxsize=16)
def _zone(name: str) -> ZoneInfo:
    if name not in ZONES:
        raise RuleBroken("zone.unknown", {"zone": name})
    return ZoneInfo(name)


def local_date(instant: datetime, zone_name: str) -> date:
    """Turn an instant into the local date of a branch's zone (rules.md 1.1); a naive instant is a bug."""
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    return instant.astimezone(_zone(zone_name)).date()


def has_begun(month: str, instant: datetime, zone_name: str) -> bool:
    """Tell whether the month has begun in the zone; nothing is posted to a month that has not."""
    return local_date(instant, zone_name) >= first_day(month)


def has_ended_everywhere(month: str, instant: datetime) -> bool:
    """Tell whether the month is over in all three zones."""
    last = last_day(month)
    return all(local_date(instant, zone) > last for zone in ZONES)


def posted_month(*, earned: str, last_closed: str | None) -> str:
    """Return the month that takes what was earned: its own if open, else the oldest open one (rules.md 1.3)."""
    if last_closed is None or earned > last_closed:
        return earned
    return next_month(last_closed)


def close_moment(month: str, close_day: int = DEFAULT_CLOSE_DAY) -> datetime:
    """Return the UTC instant from which a month closes without --early: day close_day, 02:00 Asia/Jakarta."""
    day = first_day(next_month(month)).replace(day=close_day)
    moment = datetime(day.year, day.month, day.day, CLOSE_HOUR, tzinfo=_zone(CLOSE_ZONE))
    return moment.astimezone(UTC)
