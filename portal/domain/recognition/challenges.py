"""Challenges: what counts and until when, how a team adds up, what last month would have given (rules.md 11.4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from portal.domain.errors import RuleBroken
from portal.domain.months import add_months, first_day, last_day, local_date, month_of, months_between
from portal.domain.points import ACTIVITY_TYPES, RETENTION_MONTHS

Member = TypeVar("Member")

# What a challenge counts; `of` narrows it: a type of activity, or the contribution month reached.
METRICS: Final = ("activities", "villages", "signups", "retention")
MODES: Final = ("alone", "teams")
SCOPES: Final = ("branch", "region", "nation")
LONGEST_DAYS: Final = 92
MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """The scope of a challenge: the nation, a regional office, or a branch."""

    scope: str
    branch_id: int | None = None
    regional_office_id: int | None = None


@dataclass(frozen=True, slots=True)
class ChallengeFacts:
    """What a challenge says: names and texts in both languages, the window, what counts, the goal, the badge."""

    name_id: str
    name_en: str
    text_id: str
    text_en: str
    first_day: date
    last_day: date
    metric: str
    goal: int
    mode: str
    badge_code: str
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """A piece of work that counts: its source, and the village of an activity."""

    source: str
    village: str | None = None


def number(metric: str, things: Iterable[Thing]) -> int:
    """Count what counts once each: distinct villages for "villages", else distinct sources."""
    if metric == "villages":
        return len({thing.village for thing in things if thing.village})
    return len({thing.source for thing in things})


def team_number(metric: str, shares: Mapping[Member, Iterable[Thing]]) -> int:
    """Add up a team: the sum of its members' numbers; a village that several came to counts once."""
    return number(metric, (thing for things in shares.values() for thing in things))


def check_counts(metric: str, of: str | None, goal: int) -> None:
    """Refuse what cannot be counted: "contests.metric", "contests.of", or "contests.goal" (most)."""
    if metric not in METRICS:
        raise RuleBroken("contests.metric")
    fits = {
        "activities": of is None or of in ACTIVITY_TYPES,
        "retention": of in {str(n) for n in RETENTION_MONTHS},
    }
    if not fits.get(metric, of is None):
        raise RuleBroken("contests.of")
    if not 1 <= goal <= MOST:
        raise RuleBroken("contests.goal", {"most": MOST})


def check_window(first: date, last: date, today: date) -> None:
    """Refuse a window that has begun, ends before it begins, or is longer than a quarter."""
    if first <= today:
        raise RuleBroken("contests.begun")
    if last < first:
        raise RuleBroken("contests.ends_early")
    if (last - first).days >= LONGEST_DAYS:
        raise RuleBroken("contests.too_long", {"days": LONGEST_DAYS})


def over_at(day: date, zone: str) -> datetime:
    """Return the UTC instant at which a local day is over: what is decided before it was decided by then."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)).astimezone(UTC)


def is_due(last: date, days_after: int, at: datetime, zones: Iterable[str]) -> bool:
    """Tell whether the result may be frozen: the days for decisions are over in every zone of the scope."""
    return all(at >= over_at(last + timedelta(days=days_after), zone) for zone in zones)


def phase(first: date, last: date, today: date, *, settled: bool, cancelled: bool) -> str:
    """Name the phase on a local day: announced, running, counting (decisions come in), over or cancelled."""
    if cancelled:
        return "cancelled"
    if settled:
        return "over"
    if today < first:
        return "announced"
    return "running" if today <= last else "counting"


def days_left(last: date, today: date) -> int:
    """Count the days that are left, today included; 0 once the window is over."""
    return max(0, (last - today).days + 1)


def same_days_before(
    first: date, last: date, at: datetime, zone: str, *, days_after: int
) -> tuple[date, date]:
    """Move a window back by whole months until it is over and decided, to see how many would have reached the goal.

    A day that a month lacks becomes its last; a window of a whole month stays one.
    """
    done = local_date(at, zone) - timedelta(days=days_after)
    back = max(1, months_between(month_of(done), month_of(last)))
    while True:
        begin, end = _months_back(first, back), _months_back(last, back)
        if end < done:
            return begin, max(begin, end)
        back += 1


def _months_back(day: date, n: int) -> date:
    month = add_months(month_of(day), -n)
    end = last_day(month)
    is_last = day == last_day(month_of(day))
    return end if is_last else first_day(month).replace(day=min(day.day, end.day))
