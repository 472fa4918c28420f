"""What the woven pictures of a page show: the cloth of a level, all levels, the weeks of the streak."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from portal.domain.recognition.levels import THREADS, Level
from portal.domain.recognition.streaks import COUNTS, FROZEN, NEUTRAL, WEEK, monday_of, month_of_week
from portal.papers.songket import cloth_path
from portal.recognition.queries.progress import WEEKS, Progress
from portal.texts.formats import language

WIDTH: Final = 320  # of the cloth's picture
WAITING, AHEAD = "waiting", "ahead"  # states of a week besides those of the rules
_LOOKS: Final = {COUNTS: "d", NEUTRAL: "q", FROZEN: "q", WAITING: "n"}
_THURSDAY: Final = timedelta(days=3)
_COLUMNS: Final = 5


@dataclass(frozen=True)
class Cloth:
    """A level's cloth: its threads done, how far the shuttle has come in the next, how much is missing.

    `to_next` and `to_thread` are points, None at the top; `next_name` is the next level's name.
    """

    number: int
    name: str
    threads: int
    shuttle: int
    motif: str
    to_next: int | None
    to_thread: int | None
    next_name: str


@dataclass(frozen=True)
class Roll:
    """The cloth of one level beside the others: state "done", "now" or "off"; `begins` is its first point."""

    number: int
    name: str
    begins: int
    state: str
    motif: str


@dataclass(frozen=True)
class Week:
    """A week of the calendar: its state, how it looks, and the figure in it (reports), None without one."""

    state: str
    look: str
    figure: int | None


@dataclass(frozen=True)
class Month:
    """A row of the calendar: a month 'YYYY-MM' and five weeks, None where there is none or it is not shown."""

    month: str
    weeks: list[Week | None]


def cloth_of(progress: Progress) -> Cloth:
    """Return the cloth of a cadre's level."""
    level, names = progress.level, progress.levels
    top = level.to_next is None
    return Cloth(
        number=level.number,
        name=names.name(level.number, language()),
        threads=level.threads,
        shuttle=_shuttle(level),
        motif=cloth_path(level.number),
        to_next=level.to_next,
        to_thread=_to_thread(level),
        next_name="" if top else names.name(level.number + 1, language()),
    )


def _shuttle(level: Level) -> int:
    """Return how far the thread of today has come, of the cloth's width: the exact part, rounded down."""
    if level.next_at is None:
        return WIDTH
    way = level.next_at - level.floor
    return max(0, level.points - level.floor) * THREADS % way * WIDTH // way


def _to_thread(level: Level) -> int | None:
    """Return the points that finish the thread of today."""
    if level.next_at is None:
        return None
    way = level.next_at - level.floor
    return level.floor - level.points - (-(level.threads + 1) * way // THREADS)


def rolls_of(progress: Progress) -> list[Roll]:
    """Return the cloths of all levels: those woven, the one on the loom, and those to come."""
    here = progress.level.number
    return [
        Roll(
            number=number,
            name=progress.levels.name(number, language()),
            begins=begins,
            state="done" if number < here else "now" if number == here else "off",
            motif=cloth_path(number),
        )
        for number, begins in enumerate(progress.levels.thresholds, 1)
    ]


def months_of(progress: Progress) -> list[Month]:
    """Return the calendar of the last fifteen weeks, and of what is left of the running one's month."""
    today = monday_of(progress.today)
    known = {week.monday: week for week in progress.streak.weeks}
    rows: dict[str, list[Week | None]] = {}
    for monday in _shown(today):
        row = rows.setdefault(month_of_week(monday), [None] * _COLUMNS)
        week = known.get(monday)
        approved = week.approved if week else 0
        waiting = progress.waiting.get(monday, 0)
        state = AHEAD if monday > today else week.state if week else "before"
        if waiting and not approved and state != AHEAD:
            state = WAITING
        row[((monday + _THURSDAY).day - 1) // 7] = _week(state, approved or waiting)
    return [Month(month, weeks) for month, weeks in rows.items()]


def _shown(today: date) -> Iterable[date]:
    monday = today - WEEK * (WEEKS - 1)
    while monday <= today or month_of_week(monday) == month_of_week(today):
        yield monday
        monday += WEEK


def _week(state: str, reports: int) -> Week:
    look = _LOOKS.get(state, "")
    counted = state in {COUNTS, WAITING, "running", "empty"}
    return Week(state, look, reports if counted else None)
