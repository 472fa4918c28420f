"""The export of achievements: level, streak and badges of every cadre (contract.md, export achievements).

A closed month is shown as of its last local day, from all that is known now; an open one as it is now.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, or_, select

from portal.cadres.models import Cadre
from portal.database import bulk
from portal.domain.months import last_day, local_date
from portal.domain.recognition.levels import number_of
from portal.organisation.models import Branch
from portal.points.models import Standing
from portal.points.queries import is_a_month
from portal.recognition.models import BadgeAward
from portal.recognition.queries.definitions import Book, get_book
from portal.recognition.queries.facts import ALL_TIME, gather_raw

AT_ONCE: Final = 1_000
League = tuple[str | None, int | None, int | None]  # division, group, rank
Leagues = Callable[[str, bool], Mapping[str, League]]
NO_LEAGUE: Final[League] = (None, None, None)


def no_leagues(month: str, closed: bool) -> Mapping[str, League]:
    """Return nobody's league: the room of contests, which is above, gives its own."""
    del month, closed
    return {}


@dataclass(frozen=True)
class _Moment:
    """What a month is shown as of: by zone the local day, and the definitions in force on it."""

    month: str
    closed: bool
    days: Mapping[str, date]
    books: Mapping[date, Book]


def stream_achievements(
    month: str, *, closed: bool, at: datetime, leagues: Leagues = no_leagues
) -> Iterator[tuple[Any, ...]]:
    """Yield code, level, streak weeks, longest streak, badges and league of each cadre, by code, bytewise.

    Every cadre who is not a candidate or has points is listed. `at` is now; `leagues` gives the last three columns by
    the cadre's code.
    """
    people = _list_people()
    moment = _moment_of(month, {zone for _, _, zone in people}, closed=closed, at=at)
    in_leagues = leagues(month, closed)
    for some in bulk.batches(people, AT_ONCE):
        for code, *progress in _rows(some, moment):
            yield (code, *progress, *in_leagues.get(code, NO_LEAGUE))


def _list_people() -> list[tuple[str, int, str]]:
    """List code, number and zone of everybody who is listed, by code."""
    points = select(Standing.points).where(Standing.cadre_id == Cadre.id, Standing.period == ALL_TIME)
    query = select(Cadre.code, Cadre.id, Branch.time_zone).join(Branch, Branch.id == Cadre.branch_id)
    query = query.where(or_(Cadre.status != "candidate", func.coalesce(points.scalar_subquery(), 0) != 0))
    return sorted((tuple(row) for row in bulk.plain_rows(query)), key=lambda one: one[0].encode())


def _moment_of(month: str, zones: set[str], *, closed: bool, at: datetime) -> _Moment:
    days = {zone: last_day(month) if closed else local_date(at, zone) for zone in zones}
    return _Moment(month, closed, days, {day: get_book(day) for day in set(days.values())})


def _rows(people: Sequence[tuple[str, int, str]], moment: _Moment) -> Iterator[tuple[Any, ...]]:
    ids = [cadre_id for _, cadre_id, _ in people]
    raws, points, badges = gather_raw(ids), _points(ids, moment), _badges(ids)
    for code, cadre_id, zone in people:
        day = moment.days[zone]
        book = moment.books[day]
        streak = raws[cadre_id].streak(book, day)
        level = number_of(points.get(cadre_id, 0), book.levels.thresholds)
        # Of an open month all: a badge of today's date in the east is held by who moved west the same evening.
        held = sorted(badge for badge, since in badges[cadre_id] if not moment.closed or since <= day)
        yield code, level, streak.number, streak.longest, " ".join(held)


def _points(ids: Sequence[int], moment: _Moment) -> dict[int, int]:
    """Add up what was posted to months up to the closed one; of an open month all points there are."""
    s = Standing
    query = select(s.cadre_id, func.sum(s.points)).where(bulk.one_of(s.cadre_id, ids)).group_by(s.cadre_id)
    months = (s.period <= moment.month, is_a_month(s.period)) if moment.closed else (s.period == ALL_TIME,)
    return {cadre_id: int(points) for cadre_id, points in bulk.plain_rows(query.where(*months))}


def _badges(ids: Sequence[int]) -> defaultdict[int, list[tuple[str, date]]]:
    a = BadgeAward
    query = select(a.cadre_id, a.code, a.awarded_on).where(
        bulk.one_of(a.cadre_id, ids), a.taken_back_at.is_(None)
    )
    found: defaultdict[int, list[tuple[str, date]]] = defaultdict(list)
    for cadre_id, code, awarded_on in bulk.plain_rows(query):
        found[cadre_id].append((code, awarded_on))
    return found
