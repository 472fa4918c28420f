"""A cadre's own place: exact shared ranks, neighbours and benchmarks (rules.md 4, 9.4)."""

from dataclasses import dataclass
from functools import cache
from typing import Final

from sqlalchemy import TextualSelect

from portal.database.together import Lists, Together
from portal.domain.ranking import signups_to_reach
from portal.leaderboards.queries.above import ABOVE, ABOVE_IN_NATION
from portal.leaderboards.queries.boards import BoardRow, first_page, first_rows, row_of
from portal.leaderboards.queries.history import History, OwnMonth, history_lists, history_of, months_of
from portal.leaderboards.queries.scopes import (
    INDONESIA,
    SCOPES,
    SCORING,
    SHOWN,
    UNBOUND,
    Scope,
    listed,
    unseen,
)

BENCHMARKS: Final = (10, 25, 50)


@dataclass(frozen=True)
class OwnRank:
    """A cadre's points of a period, with rank and number of ranked cadres on one board; no rank without points.

    `sharing` counts who has the rank, the cadre included.
    """

    cadre_id: int
    period: str
    code: str
    name: str
    points: int
    validated: int
    board: Scope
    rank: int | None
    ranked: int
    sharing: int = 1


@dataclass(frozen=True)
class OwnPlace:
    """A cadre's rank, the rows from two above to two below, and the points at the top 10, 25 and 50 %."""

    own: OwnRank
    near: list[BoardRow]
    benchmarks: dict[int, int]


@dataclass(frozen=True)
class NextPlace:
    """The next place above: its rank, points and validated sign-ups."""

    rank: int
    points: int
    validated: int


@dataclass(frozen=True)
class OwnPage:
    """A cadre's place, the last months, the top of the board, and what else is said of the past.

    `ahead` is the next place above; `lead` is by how many points the next below is behind.
    """

    place: OwnPlace
    months: list[OwnMonth]
    top: list[BoardRow]
    history: History
    ahead: NextPlace | None = None
    lead: int | None = None

    @property
    def signups_to_next(self) -> int:
        """Return how many new sign-ups lead to the next place above; 0 if there is none, or they earn nothing."""
        if self.ahead is None:
            return 0
        own = (self.place.own.points, self.place.own.validated)
        return signups_to_reach(own, (self.ahead.points, self.ahead.validated), self.history.each)


# The number, code and name of the cadre's board of a kind; its rows among the standings (alias s); who is ranked on it.
_BOARD: Final = {
    "branch": "branch.id AS scope_id, branch.code AS scope_code, branch.name AS scope_name",
    "region": "office.id AS scope_id, office.code AS scope_code, office.name AS scope_name",
    "nation": f"0 AS scope_id, '{INDONESIA.code}' AS scope_code, '{INDONESIA.name}' AS scope_name",
}
_ROWS_OF: Final = {
    "branch": "s.period = :period AND s.branch_id = (SELECT own.scope_id FROM own)",
    "region": "s.period = :period AND s.regional_office_id = (SELECT own.scope_id FROM own)",
    "nation": "s.period = :period",
}
_RANKED: Final = """
  (SELECT COUNT(*) FROM standings AS o
    WHERE o.period = :period AND o.{column} = me.scope_id AND o.score >= {scoring})
"""
_SHARING: Final = """
  (SELECT COUNT(*) FROM standings AS o WHERE o.period = me.period AND {mine} o.score = me.score)
"""
_RANKED_IN_NATION: Final = """
  CAST(COALESCE((SELECT SUM(c.cadres) FROM score_counts AS c WHERE c.period = :period AND c.level = 1), 0) AS BIGINT)
"""
_OWN: Final = """
  SELECT me.*, CASE WHEN me.points > 0 THEN 1 + {above} END AS rank, {ranked} AS ranked, {sharing} AS sharing
  FROM (SELECT cadre.id AS cadre_id, cadre.code, {shown} AS name, COALESCE(s.points, 0) AS points,
      COALESCE(s.validated_signups, 0) AS validated, COALESCE(s.score, 0) AS score, s.period,
      branch.id AS branch_id, branch.name AS branch, office.id AS regional_office_id, {board}
    FROM cadres AS cadre
    LEFT JOIN standings AS s ON s.cadre_id = cadre.id AND s.period = :period
    JOIN branches AS branch ON branch.id = COALESCE(s.branch_id, cadre.branch_id)
    JOIN regional_offices AS office ON office.id = COALESCE(s.regional_office_id, branch.regional_office_id)
    WHERE cadre.id = :cadre_id) AS me
"""
# Two on each side: who share the cadre's score, and only where those are fewer, who have the next ones. Each is found
# through the index, however many share a score.
_SIDES: Final = {
    "above": ("ASC", "s.cadre_id > :cadre_id", "s.score > (SELECT own.score FROM own)"),
    "below": (
        "DESC",
        "s.cadre_id < :cadre_id",
        f"s.score < (SELECT own.score FROM own) AND {UNBOUND}",  # noqa: S608 - a constant
    ),
}
_NEAR: Final = """
  SELECT taken.cadre_id, {shown} AS name, taken.branch_id, taken.regional_office_id, taken.points,
    taken.validated_signups, taken.score, taken.period
  FROM (WITH alike AS (SELECT s.* FROM standings AS s
        WHERE {rows_of} AND s.score = (SELECT own.score FROM own) AND {alike} ORDER BY s.cadre_id {way} LIMIT 2)
      SELECT * FROM alike UNION ALL
      SELECT * FROM (SELECT * FROM (SELECT s.* FROM standings AS s WHERE {rows_of} AND {beyond}
          ORDER BY s.score {way}, s.cadre_id {way} LIMIT 2) AS next_two
        LIMIT (SELECT 2 - COUNT(*) FROM alike)) AS beyond) AS taken
    CROSS JOIN cadres AS cadre
  WHERE cadre.id = taken.cadre_id
"""
# Ranks beside the cadre's own are reckoned from it, by who stands between; in the nation from the counts, as the own.
_RANK_FROM_OWN: Final = """
  (SELECT own.rank FROM own)
    - (SELECT COUNT(*) FROM standings AS s
      WHERE {rows_of} AND s.score > (SELECT own.score FROM own) AND s.score <= near.score)
    + (SELECT COUNT(*) FROM standings AS s
      WHERE {rows_of} AND s.score > near.score AND s.score <= (SELECT own.score FROM own))
"""
_AROUND: Final = """
  SELECT near.cadre_id, near.name, branch.name AS branch, near.points, near.validated_signups, near.score,
    {rank} AS rank
  FROM ({sides} UNION ALL
    SELECT own.cadre_id, own.name, own.branch_id, own.regional_office_id, own.points, own.validated, own.score,
      own.period FROM own WHERE own.points > 0) AS near
  CROSS JOIN branches AS branch WHERE branch.id = near.branch_id
"""
# The place of the last cadre in the top so many per cent, counted from 0. The points are taken from the score, which
# the index holds: the rows that are passed over need not be fetched.
_SKIP: Final = """
  COALESCE((SELECT (own.ranked * {percent} + 99) / 100 - 1 FROM own WHERE own.ranked > 0), 0)
"""
_MARK: Final = """
  (SELECT s.score / 1000000 FROM standings AS s WHERE {rows_of} AND s.score >= {scoring}
    ORDER BY s.score DESC LIMIT 1 OFFSET {skip}) AS top{percent}
"""
# Among the nation's 100,000 the place is computed from the counts, not by walking through the rows.
_MARK_IN_NATION: Final = (
    "MAX(CASE WHEN running.standing_above > {skip} THEN running.bucket END) AS top{percent}"
)
_COUNTS_IN_NATION: Final = """
  FROM (SELECT c.bucket, CAST(SUM(c.cadres) OVER (ORDER BY c.bucket DESC) AS BIGINT) AS standing_above
    FROM score_counts AS c WHERE c.period = :period AND c.level = 0) AS running
"""
# The nearest scores above and below the cadre's own, found through the index however many share it.
_AHEAD: Final = """
  SELECT next.points, next.validated_signups AS validated,
    (SELECT own.rank FROM own) - (SELECT COUNT(*) FROM standings AS s WHERE {rows_of} AND s.score = next.score) AS rank
  FROM (SELECT s.points, s.validated_signups, s.score FROM standings AS s
    WHERE {rows_of} AND s.score > (SELECT own.score FROM own WHERE own.points > 0) ORDER BY s.score LIMIT 1) AS next
"""
_BEHIND: Final = """
  SELECT (SELECT own.points FROM own) - s.points AS lead FROM standings AS s
  WHERE {rows_of} AND s.score < (SELECT own.score FROM own) AND {unbound} ORDER BY s.score DESC LIMIT 1
"""
_COLUMNS: Final = "cadre_id name branch points validated_signups score rank"


def _marks(kind: str) -> str:
    mark = _MARK_IN_NATION if kind == "nation" else _MARK
    words = {"rows_of": _ROWS_OF[kind], "scoring": SCORING}
    marks = (
        mark.format(skip=_SKIP.format(percent=percent), percent=percent, **words) for percent in BENCHMARKS
    )
    return f"SELECT {', '.join(marks)} {_COUNTS_IN_NATION if kind == 'nation' else ''}"


def _place(kind: str) -> tuple[TextualSelect, dict[str, TextualSelect]]:
    """Write how a cadre's own row is read for the board of a kind, and what is read beside it."""
    column = "branch_id" if kind == "branch" else "regional_office_id"
    ranked = _RANKED_IN_NATION if kind == "nation" else _RANKED.format(column=column, scoring=SCORING)
    mine = "" if kind == "nation" else f"o.{column} = me.{column} AND"
    own = _OWN.format(
        above=ABOVE[kind].format(row="me"),
        ranked=ranked,
        shown=SHOWN,
        board=_BOARD[kind],
        sharing=_SHARING.format(mine=mine),
    )
    rows_of = unseen(_ROWS_OF[kind])
    sides = (
        _NEAR.format(way=way, alike=alike, beyond=beyond, shown=SHOWN, rows_of=rows_of)
        for way, alike, beyond in _SIDES.values()
    )
    rank = (
        f"1 + {ABOVE_IN_NATION.format(row='near')}"
        if kind == "nation"
        else _RANK_FROM_OWN.format(rows_of=rows_of)
    )
    around = _AROUND.format(sides=" UNION ALL ".join(sides), rank=rank)
    fields = "cadre_id code name points validated scope_id scope_code scope_name rank ranked sharing"
    return listed(own, f"{fields} score period branch_id branch regional_office_id"), {
        "own": listed(f"SELECT {fields.replace(' ', ', ')} FROM own", fields),  # noqa: S608 - constants
        "near": listed(around, _COLUMNS),
        "marks": listed(_marks(kind), " ".join(f"top{percent}" for percent in BENCHMARKS)),
    }


def _together(kind: str, **more: TextualSelect) -> Together:
    own, lists = _place(kind)
    return Together(own.cte("own").prefix_with("MATERIALIZED"), **lists, **more)


_PLACES: Final = {kind: _together(kind) for kind in SCOPES}


@cache
def _page(kind: str, rows: int) -> Together:
    rows_of = unseen(_ROWS_OF[kind])
    return _together(
        kind,
        **history_lists(kind),
        ahead=listed(_AHEAD.format(rows_of=rows_of), "points validated rank"),
        behind=listed(_BEHIND.format(rows_of=rows_of, unbound=UNBOUND), "lead"),
        top=listed(first_rows(_ROWS_OF[kind], rows), _COLUMNS.removesuffix(" rank")),
    )


def own_place(cadre_id: int, period: str, scope: str) -> OwnPlace | None:
    """Return a cadre's live place of a period (a month or ALL) in one statement; None if there is no such cadre."""
    return _place_of(_PLACES[scope].read(cadre_id=cadre_id, period=period), period, scope)


def own_page(cadre_id: int, period: str, scope: str, *, today: str, months: int, rows: int) -> OwnPage | None:
    """Return the same with the past and the first rows of the board, still in one statement.

    `today` is a local date, 'YYYY-MM-DD'; the months end with its month.
    """
    current = today[:7]
    values = {"cadre_id": cadre_id, "period": period, "until": current, "today": today, "months": months}
    found = _page(scope, rows + 1).read(**values)
    place = _place_of(found, period, scope)
    if place is None:
        return None
    history = history_of(found, today=today, current=current)
    ahead = [NextPlace(int(row.rank), row.points, row.validated) for row in found["ahead"]]
    lead = [int(row.lead) for row in found["behind"]]
    return OwnPage(
        place,
        months_of(found["months"]),
        first_page(found["top"], rows),
        history,
        ahead=next(iter(ahead), None),
        lead=next(iter(lead), None),
    )


def _place_of(found: Lists, period: str, scope: str) -> OwnPlace | None:
    """Arrange what was read of a cadre's place; who has no points has no neighbours."""
    if not found["own"]:
        return None
    (row,), (marks,) = found["own"], found["marks"]
    own = OwnRank(
        cadre_id=row.cadre_id,
        period=period,
        code=row.code,
        name=row.name,
        points=row.points,
        validated=row.validated,
        board=Scope(scope, row.scope_id, row.scope_code, row.scope_name),
        rank=None if row.rank is None else int(row.rank),
        ranked=row.ranked,
        sharing=row.sharing,
    )
    near = [row_of(one, int(one.rank)) for one in found["near"]] if own.points > 0 else []
    near.sort(key=lambda one: (one.score, one.cadre_id), reverse=True)
    reached = zip(BENCHMARKS, marks, strict=True)
    return OwnPlace(own, near, {percent: points for percent, points in reached if points is not None})
