"""What badges measure: facts of one cadre, and the rows that a metric counts, in the order in which they came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.domain.points import activity_source
from portal.domain.recognition.definitions import Badge
from portal.domain.recognition.streaks import monday_of


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was decided: `approved` now, and whether it was `at_first`, without going back.

    `looked_at`: a person decided it; imported history and what an event brought was looked at by nobody.
    """

    ref: str
    type: str
    held_on: date
    village: str | None = None
    approved: bool = True
    at_first: bool = True
    looked_at: bool = True


@dataclass(frozen=True, slots=True)
class Earned:
    """Something that the ledger holds and nobody reversed: its source there, and the day on which it was earned."""

    source: str
    earned_on: date
    step: int = 0  # the contribution month of a retention step


@dataclass(frozen=True, slots=True)
class Facts:
    """What one cadre has reached: the base of every badge. Only approved work and the ledger count (rules.md 11).

    `longest_weeks` are the Mondays of the longest streak; `challenges` the codes reached, with the day.
    """

    reports: tuple[Report, ...] = ()
    signups: tuple[Earned, ...] = ()
    retention: tuple[Earned, ...] = ()
    trainings: tuple[Earned, ...] = ()
    level: int = 1
    longest_weeks: tuple[date, ...] = ()
    challenges: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """A row that a metric counts: the day and the source that names it."""

    day: date
    source: str


def items_of(facts: Facts, badge: Badge) -> list[Item]:
    """List the rows that a badge's metric counts, by day, then source, bytewise; empty for levels."""
    return sorted(rows_of(facts, badge), key=lambda item: (item.day, item.source.encode()))


def rows_of(facts: Facts, badge: Badge) -> list[Item]:
    """List them in any order."""
    return _ITEMS[badge.metric](facts, badge)


def retention_source(step: int, source: str) -> str:
    """Name a retention step: retention_3:signup:REF."""
    return f"retention_{step}:{source}"


def source_of_row(source: str) -> str:
    """Return the activity or sign-up that a piece of evidence stands on: signup:REF of retention_3:signup:REF."""
    kind, _, rest = source.partition(":")
    return rest if kind.startswith("retention_") else source


def _approved(facts: Facts, badge: Badge) -> Iterable[Report]:
    return (one for one in facts.reports if one.approved and badge.type in {None, one.type})


def _activities(facts: Facts, badge: Badge) -> list[Item]:
    return [Item(one.held_on, activity_source(one.ref)) for one in _approved(facts, badge)]


def _first_of_each(reports: Iterable[Report], key: Callable[[Report], str | None]) -> list[Item]:
    """Keep the first report of each kind."""
    firsts: dict[str, Item] = {}
    for one in sorted(reports, key=lambda report: (report.held_on, report.ref.encode())):
        name = key(one)
        if name is not None:
            firsts.setdefault(name, Item(one.held_on, activity_source(one.ref)))
    return list(firsts.values())


def _villages(facts: Facts, badge: Badge) -> list[Item]:
    return _first_of_each(_approved(facts, badge), lambda one: one.village)


def _types(facts: Facts, badge: Badge) -> list[Item]:
    return _first_of_each(_approved(facts, badge), lambda one: one.type)


def _signups(facts: Facts, badge: Badge) -> list[Item]:
    del badge
    return [Item(one.earned_on, one.source) for one in facts.signups]


def _retention(facts: Facts, badge: Badge) -> list[Item]:
    steps = (one for one in facts.retention if one.step == badge.step)
    return [Item(one.earned_on, retention_source(one.step, one.source)) for one in steps]


def _trainings(facts: Facts, badge: Badge) -> list[Item]:
    del badge
    return [Item(one.earned_on, one.source) for one in facts.trainings]


def _looked_at(facts: Facts, badge: Badge) -> list[Item]:
    del badge
    decided = (one for one in facts.reports if one.looked_at)
    return [Item(one.held_on, activity_source(one.ref)) for one in decided]


def _streak(facts: Facts, badge: Badge) -> list[Item]:
    """Name the first activity of each week of the longest streak."""
    weeks = set(facts.longest_weeks)
    within = (one for one in _approved(facts, badge) if monday_of(one.held_on) in weeks)
    return _first_of_each(within, lambda one: monday_of(one.held_on).isoformat())


def _nothing(facts: Facts, badge: Badge) -> list[Item]:
    del facts, badge
    return []


def _challenges(facts: Facts, badge: Badge) -> list[Item]:
    days = {code: day for code, day in facts.challenges.items() if code == badge.code}
    return [Item(day, f"challenge:{code}") for code, day in days.items()]


_ITEMS: dict[str, Callable[[Facts, Badge], list[Item]]] = {
    "activities": _activities,
    "villages": _villages,
    "types": _types,
    "signups": _signups,
    "retention": _retention,
    "first_time": _looked_at,
    "streak": _streak,
    "level": _nothing,
    "training": _trainings,
    "challenge": _challenges,
}
