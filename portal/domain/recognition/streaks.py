"""Weekly streaks: a function of the weeks with approved work and of the neutral ones (rules.md 11.2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.domain.months import month_of

WEEK = timedelta(days=7)
_THURSDAY = timedelta(days=3)
COUNTS, NEUTRAL, FROZEN, EMPTY, RUNNING = "counts", "neutral", "frozen", "empty", "running"

Neutral = Callable[[date], bool] | Collection[date]
Freezes = int | Callable[[str], int]


@dataclass(frozen=True, slots=True)
class WeekState:
    """A week by its Monday, what it is to the streak, and how many approved activities were held in it."""

    monday: date
    state: str
    approved: int


@dataclass(frozen=True, slots=True)
class Streak:
    """The streak as known now: `number` of its weeks, the `longest` ever, and every week since the first that counts.

    `longest_weeks` are the Mondays of the weeks that count in the longest streak, the earliest of equal ones.
    `freezes_left_this_month` is of the month of the running week's Thursday.
    """

    number: int
    longest: int
    weeks: list[WeekState] = field(default_factory=list)
    freezes_left_this_month: int = 0
    longest_weeks: tuple[date, ...] = ()


def monday_of(day: date) -> date:
    """Return the Monday of a day's ISO week."""
    return day - timedelta(days=day.weekday())


def month_of_week(monday: date) -> str:
    """Return the month of a week: that of its Thursday."""
    return month_of(monday + _THURSDAY)


def count_weeks(days: Collection[date]) -> dict[date, int]:
    """Count local dates by the Monday of their week."""
    found: dict[date, int] = {}
    for day in days:
        monday = monday_of(day)
        found[monday] = found.get(monday, 0) + 1
    return found


@dataclass(slots=True)
class _Run:
    """The streak that goes on, and how many weeks of each month are frozen already."""

    weeks: list[date] = field(default_factory=list)
    frozen: dict[str, int] = field(default_factory=dict)

    def pass_by(self, monday: date, *, neutral: bool, freezes: Callable[[str], int]) -> str:
        """Let a week without work pass; return what it is."""
        if neutral:
            return NEUTRAL
        month = month_of_week(monday)
        used = self.frozen.get(month, 0)
        if self.weeks and used < freezes(month):
            self.frozen[month] = used + 1
            return FROZEN
        self.weeks = []
        return EMPTY


def streak_of(
    weeks_with_approved: Mapping[date, int], neutral: Neutral, today: date, freezes: Freezes
) -> Streak:
    """Return the streak as of a local date, from approved activities by the Monday of their week.

    `neutral` are the Mondays of weeks that a holiday, an approved leave or a suspension touches: work counts there
    all the same. `freezes`: how many weeks of a month may be frozen, a number or by month. The week of `today` is still
    running: it adds when it counts, and never ends or freezes anything.
    """
    running = monday_of(today)
    allowed = freezes if callable(freezes) else (lambda _month: freezes)
    is_neutral = neutral if callable(neutral) else neutral.__contains__
    run, states = _Run(), []
    longest: list[date] = []
    counted = [monday for monday, approved in weeks_with_approved.items() if approved and monday <= running]
    monday = min(counted, default=running)
    while monday <= running:
        approved = weeks_with_approved.get(monday, 0)
        if approved:
            state = COUNTS
            run.weeks.append(monday)
            longest = run.weeks if len(run.weeks) > len(longest) else longest
        elif monday == running:
            state = NEUTRAL if is_neutral(monday) else RUNNING
        else:
            state = run.pass_by(monday, neutral=is_neutral(monday), freezes=allowed)
        states.append(WeekState(monday, state, approved))
        monday += WEEK
    month = month_of_week(running)
    left = max(0, allowed(month) - run.frozen.get(month, 0))
    return Streak(len(run.weeks), len(longest), states, left, tuple(longest))
