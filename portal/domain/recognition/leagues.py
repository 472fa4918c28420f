"""Leagues: divisions by fifths of a mean, groups of neighbours, who rises, the gate of the top (rules.md 11.5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import lcm
from typing import Final

from portal.domain.months import add_months, first_day, month_range
from portal.domain.ranking import Key, rank

DIVISIONS: Final = 5
LOWEST: Final = 1
ABOVE_THE_LINE: Final = 3  # names shown above the line


@dataclass(frozen=True, slots=True)
class Member:
    """Who takes part: the code, and the points of the closed months that count; months 0: nothing in any of them."""

    code: str
    points: int = 0
    months: int = 0


def season_of(month: str) -> str:
    """Name the season of a month, a calendar quarter: "2026-Q4"."""
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def months_of(season: str) -> list[str]:
    """List the three months of a season."""
    first = f"{season[:4]}-{3 * int(season[-1]) - 2:02d}"
    return month_range(first, add_months(first, 2))


def begins_on(season: str) -> date:
    """Return the first local day of a season."""
    return first_day(months_of(season)[0])


def next_season(season: str) -> str:
    """Name the season after."""
    return season_of(add_months(months_of(season)[-1], 1))


def in_order(members: Iterable[Member]) -> list[Member]:
    """Order by the mean, the highest first, equal ones by code, bytewise; who has none comes last.

    Means are compared exactly: as whole numbers over one denominator.
    """
    listed = list(members)
    whole = lcm(*{one.months for one in listed if one.months})
    return sorted(
        listed,
        key=lambda one: (
            not one.months,
            -one.points * (whole // one.months) if one.months else 0,
            one.code.encode(),
        ),
    )


def divide(members: Iterable[Member], *, held: Collection[str] = ()) -> dict[str, int]:
    """Put each into a division, 5 the highest, by fifths of those who have a mean; who has none begins in the lowest.

    Of n in order from place 0 on, place p belongs to the fifth floor(5p / n) from the top, so that their sizes differ
    by 1 at most. `held` are the codes of those who miss the gate of the top division: they begin in the fourth at most.
    """
    ordered = in_order(members)
    placed = sum(1 for one in ordered if one.months)
    found: dict[str, int] = {}
    for place, one in enumerate(ordered):
        division = DIVISIONS - DIVISIONS * place // placed if place < placed else LOWEST
        found[one.code] = min(division, DIVISIONS - 1) if one.code in held else division
    return found


def groups(members: Iterable[Member], *, most: int) -> dict[str, int]:
    """Cut a division into groups of neighbours, numbered from 1 from the highest mean on; sizes differ by 1 at most."""
    ordered = in_order(members)
    count = -(-len(ordered) // most)
    return {one.code: 1 + place * count // len(ordered) for place, one in enumerate(ordered)}


def risers(standings: Iterable[tuple[Key, int, int]], *, n: int) -> set[Key]:
    """Return who rises out of a group: the first n by rules.md 4.2, and all who share the n-th rank.

    `standings`: (key, points, validated sign-ups) of the month. Without points nobody has a rank, so nobody rises.
    """
    return {key for key, place in rank(standings).items() if place is not None and place <= n}


def rise(division: int, *, passes: bool) -> int:
    """Return the division after rising; the top one opens only to who passes its gate. Nobody falls."""
    if division >= DIVISIONS - 1 and not passes:
        return division
    return min(DIVISIONS, division + 1)


@dataclass(frozen=True, slots=True)
class Row:
    """A member of a group in a month; `key` is the cadre, rank None without points."""

    key: int
    points: int
    validated: int
    rank: int | None


@dataclass(frozen=True, slots=True)
class View:
    """What a member sees of the own group: above the line, the own row, one below; and the distance to the line.

    `rows` are in order; `rises` are those above the line; `to_line`: points that the own row lacks, 0 above it;
    `lead`: points that the own row is ahead of the first below the line, None below it.
    """

    rows: Sequence[Row]
    rises: Collection[int]
    own: Row
    to_line: int
    lead: int | None


def ranked(standings: Iterable[tuple[int, int, int]]) -> list[Row]:
    """Rank a group and order it: who has points by rank, equal ones by key; then the others."""
    rows = list(standings)
    places = rank(rows)
    made = [Row(key, points, validated, places[key]) for key, points, validated in rows]
    return sorted(made, key=lambda row: (row.rank is None, row.rank or 0, row.key))


def view_of(rows: Sequence[Row], own: int, *, n: int) -> View:
    """Choose what a member may see (11.5 and 11.6): three above the line, the own row, one with points below it."""
    place = next(at for at, row in enumerate(rows) if row.key == own)
    above = [row for row in rows if row.rank is not None and row.rank <= n]
    rises = {row.key for row in above}
    shown = {row.key for row in [one for one in above if one.key != own][-ABOVE_THE_LINE:]} | {own}
    below = rows[place + 1] if place + 1 < len(rows) else None
    if below is not None and below.rank is not None:
        shown.add(below.key)
    me = rows[place]
    return View(
        rows=[row for row in rows if row.key in shown],
        rises=rises,
        own=me,
        to_line=0 if own in rises else _to_line(above, me, n),
        lead=_lead(rows, me, rises) if own in rises else None,
    )


def _to_line(above: Sequence[Row], me: Row, n: int) -> int:
    """Count the points to a place above the line: to share the last one, its sign-ups must be reached too."""
    if len(above) < n:
        return max(1, 1 - me.points)
    last = above[-1]
    return max(1, last.points - me.points + (me.validated < last.validated))


def _lead(rows: Sequence[Row], me: Row, rises: Collection[int]) -> int:
    return me.points - max((max(0, row.points) for row in rows if row.key not in rises), default=0)
