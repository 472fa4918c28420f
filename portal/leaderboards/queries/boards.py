"""Boards page by page: by keyset, at any depth, live for open months, frozen for closed ones.

Rows are read in the order of an index, so a page costs the same however many share a rank. Inside a shared rank the
order means nothing (rules.md 4.2): it is the cadres' keys, not their names, which would have to be sorted each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, TextClause

from portal.domain.periods import is_month
from portal.leaderboards.queries.scopes import (
    LIVE,
    SCORING,
    SHOWN,
    UNBOUND,
    Scope,
    constant,
    read,
    unseen,
)
from portal.points.queries import is_closed

PAGE: Final = 100
MAX_SHOWN: Final = 100
MIN_SHOWN: Final = 3


class BoardRow(NamedTuple):
    """One row of a board; `score` orders live rows and is 0 on frozen ones. A tuple is made quickly."""

    rank: int
    cadre_id: int
    name: str
    branch: str
    points: int
    validated: int
    score: int = 0


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: score (frozen: rank) and cadre of its last row."""

    place: int
    cadre_id: int


@dataclass(frozen=True)
class Board:
    """A page of a board; `after` continues it, None on the last page."""

    rows: list[BoardRow]
    after: Cursor | None
    frozen: bool


def visible_rows(ranked: int) -> int:
    """Return how many rows a cadre may see: the top third, at least 3, at most 100 (rules.md 9.4)."""
    return min(MAX_SHOWN, max(MIN_SHOWN, ranked // 3))


def row_of(row: Any, rank: int) -> BoardRow:
    """Make a board row of a result row."""
    points, score = int(row.points), int(row.score)
    return BoardRow(rank, row.cadre_id, row.name, row.branch, points, row.validated_signups, score)


# The rows are taken from the index first, names and branches join them: a database that joins first may sort the board.
# CROSS JOIN keeps that order: SQLite, once it has statistics, would begin at the few branches.
_LIVE_ROWS = """
  SELECT taken.cadre_id, {shown} AS name, branch.name AS branch, taken.points, taken.validated_signups, taken.score
  FROM (SELECT s.cadre_id, s.branch_id, s.points, s.validated_signups, s.score FROM standings AS s
      WHERE {scope} AND {where}
      ORDER BY s.score DESC, s.cadre_id DESC LIMIT {rows}) AS taken
    CROSS JOIN cadres AS cadre CROSS JOIN branches AS branch
  WHERE cadre.id = taken.cadre_id AND branch.id = taken.branch_id
"""
_CADRE, _SCORE = 0, 5  # where they stand in a row: quicker than by name
_AFTER: Final = f"(s.score, s.cadre_id) < (:place, :cadre_id) AND {UNBOUND}"
_START = """
  SELECT (SELECT COUNT(*) FROM standings AS s WHERE {scope} AND s.score > :score) AS above,
    (SELECT COUNT(*) FROM standings AS s WHERE {scope} AND s.score = :score) AS sharing
"""
_START_IN_NATION = """
  SELECT COALESCE((SELECT SUM(c.cadres) FROM score_counts AS c
      WHERE c.period = :period AND c.level = 1 AND c.bucket > :points / 64), 0)
    + COALESCE((SELECT SUM(c.cadres) FROM score_counts AS c
      WHERE c.period = :period AND c.level = 0 AND c.bucket > :points
        AND c.bucket < (:points / 64 + 1) * 64), 0)
    + (SELECT COUNT(*) FROM standings AS o
      WHERE o.period = :period AND o.score > :score AND o.score < (:points + 1) * 1000000) AS above,
    (SELECT COUNT(*) FROM standings AS o WHERE o.period = :period AND o.score = :score) AS sharing
"""
_FROZEN_ROWS: Final = f"""
  SELECT taken.rank, taken.cadre_id, {SHOWN} AS name, branch.name AS branch, taken.points, taken.validated_signups,
    0 AS score
  FROM (SELECT f.rank, f.cadre_id, f.branch_code, f.points, f.validated_signups FROM frozen_standings AS f
      WHERE f.month = {unseen(":period")} AND f.scope = :scope AND f.scope_code = :code
        AND (f.rank, f.cadre_id) > (:place, :cadre_id)
      ORDER BY f.rank, f.cadre_id LIMIT {{rows}}) AS taken
    CROSS JOIN cadres AS cadre CROSS JOIN branches AS branch
  WHERE cadre.id = taken.cadre_id AND branch.code = taken.branch_code
"""  # noqa: S608 - constants of this module only


# Each number of rows has its own statement: pages ask for few different ones.
@cache
def frozen_page(rows: int) -> TextClause:
    """Return what reads so many rows of a closed month's board, after a place."""
    return constant(_FROZEN_ROWS.format(rows=rows))


@cache
def live_page(kind: str, rows: int, *, later: bool) -> TextClause:
    """Return what reads so many rows of a live board: the first ones, or those after a place."""
    return constant(first_rows(LIVE[kind], rows) if not later else _rows_of(LIVE[kind], _AFTER, rows))


def _rows_of(scope: str, where: str, rows: int) -> str:
    return _LIVE_ROWS.format(scope=unseen(scope), shown=SHOWN, where=where, rows=rows)


def first_rows(scope: str, rows: int) -> str:
    """Return the SQL that reads the first rows of a live board, which is given as a condition."""
    return _rows_of(scope, f"s.score >= {SCORING}", rows)


_STARTS: Final = {
    kind: constant(_START_IN_NATION if kind == "nation" else _START.format(scope=scope))
    for kind, scope in LIVE.items()
}
_COUNTS: Final = {
    kind: constant(f"SELECT COUNT(*) AS ranked FROM standings AS s WHERE {scope} AND s.score >= {SCORING}")  # noqa: S608 - constants of this module only
    for kind, scope in LIVE.items()
} | {
    "nation": constant(
        "SELECT COALESCE(SUM(c.cadres), 0) AS ranked FROM score_counts AS c WHERE c.period = :period AND c.level = 1"
    )
}


def first_page(found: Sequence[Any], rows: int) -> list[BoardRow]:
    """Rank the first rows of a board, of which one more than wanted was read, in any order."""
    ordered = _downwards(found)
    return _ranked(ordered[:rows], 1, _sharing(ordered)) if ordered else []


def _downwards(rows: Sequence[Any]) -> list[Any]:
    """Order the rows of a page by score and cadre: the database that joined them was free to change it."""
    return sorted(rows, key=itemgetter(_SCORE, _CADRE), reverse=True)


def is_frozen(period: str) -> bool:
    """Tell whether a period is a closed month: its board never changes."""
    return is_month(period) and is_closed(period)


def count_board(scope: Scope, period: str) -> int:
    """Count the ranked cadres on a live board: those that its pages list."""
    values = {"period": period} | ({} if scope.kind == "nation" else {"scope_id": scope.id})
    return int(read(_COUNTS[scope.kind], values)[0].ranked)


def list_board(
    scope: Scope,
    period: str,
    *,
    after: Cursor | None = None,
    rows: int = PAGE,
    frozen: bool | None = None,
) -> Board:
    """List a page of a board of a period, at most 100 rows. The caller checks who may see it."""
    rows = min(rows, PAGE)
    if is_frozen(period) if frozen is None else frozen:
        return _frozen_board(scope, period, after or Cursor(0, 0), rows)
    return _live_board(scope, period, after, rows)


def _frozen_board(scope: Scope, period: str, after: Cursor, rows: int) -> Board:
    values = {"period": period, "scope": scope.kind, "code": scope.code}
    place = {"place": after.place, "cadre_id": after.cadre_id}
    found = sorted(read(frozen_page(rows + 1), values | place), key=itemgetter(0, 1))  # by rank and cadre
    shown = [BoardRow._make(row) for row in found[:rows]]
    last = shown[-1] if len(found) > rows else None
    return Board(shown, None if last is None else Cursor(last.rank, last.cadre_id), frozen=True)


def _live_board(scope: Scope, period: str, after: Cursor | None, rows: int) -> Board:
    values = {"period": period, "scope_id": scope.id}
    if after is not None:
        values |= {"place": after.place, "cadre_id": after.cadre_id}
    found = _downwards(read(live_page(scope.kind, rows + 1, later=after is not None), values))
    if not found:
        return Board([], None, frozen=False)
    rank, sharing = (1, _sharing(found)) if after is None else _start(scope, period, found[0])
    shown = _ranked(found[:rows], rank, sharing)
    last = shown[-1] if len(found) > rows else None
    return Board(shown, None if last is None else Cursor(last.score, last.cadre_id), frozen=False)


def _sharing(rows: Sequence[Any]) -> int:
    """Count how many rows of a board's first page share its first place."""
    first = rows[0][_SCORE]
    return sum(1 for row in rows if row[_SCORE] == first)


def _start(scope: Scope, period: str, first: Row[Any]) -> tuple[int, int]:
    """Return the rank of a later page's first row, and how many share it."""
    start = {"period": period, "scope_id": scope.id, "score": first.score, "points": first.points}
    if scope.kind == "nation":
        del start["scope_id"]
    else:
        del start["points"]
    counted = read(_STARTS[scope.kind], start)[0]
    return int(counted.above) + 1, counted.sharing


def _ranked(rows: Sequence[Any], rank: int, sharing: int) -> list[BoardRow]:
    """Give each row its rank, given the first row's rank and how many share it (on earlier pages too).

    The rows come as _LIVE_ROWS selects them.
    """
    out: list[BoardRow] = []
    first = current = rows[0].score
    following = rank + sharing
    for cadre_id, name, branch, points, validated, score in rows:
        if score != current:
            current, rank = score, following
        if score != first:
            following += 1
        out.append(BoardRow(rank, cadre_id, name, branch, points, validated, score))
    return out
