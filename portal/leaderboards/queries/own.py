"""A cadre's own place: exact shared ranks, neighbours, benchmarks and past months (rules.md 4, 9.4)."""

from dataclasses import dataclass
from typing import Any, Final

from portal.leaderboards.queries.boards import BoardRow, row_of
from portal.leaderboards.queries.scopes import ALL, INDONESIA, LIVE, SCORING, SHOWN, Scope, constant, read

BENCHMARKS: Final = (10, 25, 50)


@dataclass(frozen=True)
class OwnRank:
    """A cadre's points of a period, with board, rank and number of ranked cadres per scope; no rank without points."""

    cadre_id: int
    period: str
    code: str
    name: str
    points: int
    validated: int
    score: int
    scopes: dict[str, Scope]
    ranks: dict[str, int | None]
    ranked: dict[str, int]


@dataclass(frozen=True)
class Neighbourhood:
    """The cadre's row between the nearest ones above and below; points at the top 10, 25 and 50 %."""

    rows: list[BoardRow]
    benchmarks: dict[int, int]


@dataclass(frozen=True)
class OwnMonth:
    """A cadre's points and branch rank of one month."""

    month: str
    points: int
    rank: int | None
    frozen: bool


# How many of the nation rank above: whole buckets of 64, then single points, then ties by sign-ups.
ABOVE_IN_NATION: Final = """
  COALESCE((SELECT SUM(c.cadres) FROM score_counts AS c
    WHERE c.period = {row}.period AND c.level = 1 AND c.bucket > {row}.points / 64), 0)
  + COALESCE((SELECT SUM(c.cadres) FROM score_counts AS c
    WHERE c.period = {row}.period AND c.level = 0 AND c.bucket > {row}.points
      AND c.bucket < ({row}.points / 64 + 1) * 64), 0)
  + (SELECT COUNT(*) FROM standings AS o
    WHERE o.period = {row}.period AND o.score > {row}.score AND o.score < ({row}.points + 1) * 1000000)
"""
_ABOVE: Final = """
  (SELECT COUNT(*) FROM standings AS o
    WHERE o.period = {row}.period AND o.{column} = {row}.{column} AND o.score > {row}.score)
"""
ABOVE: Final[dict[str, str]] = {
    "branch": _ABOVE.replace("{column}", "branch_id"),
    "region": _ABOVE.replace("{column}", "regional_office_id"),
    "nation": ABOVE_IN_NATION,
}
_SCORING = f"o.score >= {SCORING}"
_OWN = constant(
    f"""
  SELECT cadre.id, cadre.code, {SHOWN} AS name, s.points, s.validated_signups, s.score,
    branch.id AS branch_id, branch.code AS branch_code, branch.name AS branch_name,
    office.id AS region_id, office.code AS region_code, office.name AS region_name,
    CASE WHEN s.points > 0 THEN 1 + {ABOVE["branch"].format(row="s")} END AS branch_rank,
    CASE WHEN s.points > 0 THEN 1 + {ABOVE["region"].format(row="s")} END AS region_rank,
    CASE WHEN s.points > 0 THEN 1 + {ABOVE["nation"].format(row="s")} END AS nation_rank,
    (SELECT COUNT(*) FROM standings AS o
      WHERE o.period = :period AND {_SCORING} AND o.branch_id = branch.id) AS in_branch,
    (SELECT COUNT(*) FROM standings AS o
      WHERE o.period = :period AND {_SCORING} AND o.regional_office_id = office.id) AS in_region,
    COALESCE((SELECT SUM(c.cadres) FROM score_counts AS c WHERE c.period = :period AND c.level = 1), 0)
      AS in_nation
  FROM cadres AS cadre
  LEFT JOIN standings AS s ON s.cadre_id = cadre.id AND s.period = :period
  JOIN branches AS branch ON branch.id = COALESCE(s.branch_id, cadre.branch_id)
  JOIN regional_offices AS office ON office.id = COALESCE(s.regional_office_id, branch.regional_office_id)
  WHERE cadre.id = :cadre_id
    """,  # noqa: S608 - constants of this module only
)


def own_rank(cadre_id: int, period: str) -> OwnRank | None:
    """Return a cadre's live place of a period (a month or ALL) in one statement; None if there is no such cadre."""
    rows = read(_OWN, {"cadre_id": cadre_id, "period": period})
    if not rows:
        return None
    row = rows[0]
    return OwnRank(
        cadre_id=row.id,
        period=period,
        code=row.code,
        name=row.name,
        points=row.points or 0,
        validated=row.validated_signups or 0,
        score=row.score or 0,
        scopes={
            "branch": Scope("branch", row.branch_id, row.branch_code, row.branch_name),
            "region": Scope("region", row.region_id, row.region_code, row.region_name),
            "nation": INDONESIA,
        },
        ranks={
            "branch": row.branch_rank,
            "region": row.region_rank,
            "nation": None if row.nation_rank is None else int(row.nation_rank),
        },
        ranked={"branch": row.in_branch, "region": row.in_region, "nation": int(row.in_nation)},
    )


_COLUMNS = (
    f"s.cadre_id, {SHOWN} AS name, s.branch_id, s.regional_office_id, s.points, s.validated_signups, s.score,"
    " s.period"
)
_NEAR = """
  SELECT * FROM (SELECT '{kind}' AS kind, {columns}
    FROM standings AS s CROSS JOIN cadres AS cadre
    WHERE {scope} AND s.score >= {scoring} AND (s.score, s.cadre_id) {sign} (:score, :cadre_id)
      AND cadre.id = s.cadre_id
    ORDER BY s.score {way}, s.cadre_id {way} LIMIT 2) AS {kind}_rows
"""
_SELF = """
  SELECT * FROM (SELECT 'self' AS kind, {columns}
    FROM standings AS s JOIN cadres AS cadre ON cadre.id = s.cadre_id
    WHERE s.period = :period AND s.cadre_id = :cadre_id AND s.points > 0) AS own_row
"""
_MARK = """
  SELECT * FROM (SELECT '{percent}' AS kind,
      0 AS cadre_id, '' AS name, 0 AS branch_id, 0 AS regional_office_id,
      s.points, 0 AS validated_signups, s.score, s.period
    FROM standings AS s WHERE {scope} AND s.score >= {scoring}
    ORDER BY s.score DESC LIMIT 1 OFFSET :skip{percent}) AS mark{percent}
"""
# Among the nation's 100,000 the place is computed from the counts, not by walking through the rows.
_MARK_IN_NATION = """
  SELECT '{percent}' AS kind, 0 AS cadre_id, '' AS name, 0 AS branch_id, 0 AS regional_office_id,
    MAX(running.bucket) AS points, 0 AS validated_signups, 0 AS score, :period AS period
  FROM (SELECT c.bucket, SUM(c.cadres) OVER (ORDER BY c.bucket DESC) AS standing_above
    FROM score_counts AS c WHERE c.period = :period AND c.level = 0) AS running
  WHERE running.standing_above > :skip{percent}
"""


def _around(scope: str) -> Any:
    words = {"columns": _COLUMNS, "scope": LIVE[scope], "scoring": SCORING}
    above = _NEAR.format(kind="above", sign=">", way="ASC", **words)
    below = _NEAR.format(kind="below", sign="<", way="DESC", **words)
    mark = _MARK_IN_NATION if scope == "nation" else _MARK
    marks = [mark.format(percent=percent, **words) for percent in BENCHMARKS]
    parts = " UNION ALL ".join([above, _SELF.format(**words), below, *marks])
    rank = ABOVE[scope].format(row="near")
    return constant(
        f"""SELECT near.*, branch.name AS branch,
          CASE WHEN near.cadre_id > 0 THEN 1 + {rank} END AS rank
        FROM ({parts}) AS near LEFT JOIN branches AS branch ON branch.id = near.branch_id""",  # noqa: S608 constant texts
    )


_AROUND: Final = {scope: _around(scope) for scope in LIVE}


def neighbours(own: OwnRank, scope: str) -> Neighbourhood:
    """Return the two nearest rows above and below with the benchmarks, in one statement."""
    ranked = own.ranked[scope]
    values: dict[str, Any] = {
        "period": own.period,
        "scope_id": own.scopes[scope].id,
        "cadre_id": own.cadre_id,
        "score": own.score if own.points > 0 else SCORING,
    }
    values |= {f"skip{percent}": max(0, -(-ranked * percent // 100) - 1) for percent in BENCHMARKS}
    found: dict[str, list[BoardRow]] = {"above": [], "self": [], "below": []}
    marks: dict[int, int] = {}
    for row in read(_AROUND[scope], values):
        if row.kind in found:
            found[row.kind].append(row_of(row, int(row.rank)))
        elif row.points is not None:
            marks[int(row.kind)] = int(row.points)
    if own.points <= 0:
        return Neighbourhood([], marks)
    rows = [*found["above"], *found["self"], *found["below"]]
    return Neighbourhood(sorted(rows, key=lambda row: (row.score, row.cadre_id), reverse=True), marks)


_MONTHS = constant(
    f"""
  SELECT s.period AS month, COALESCE(f.points, s.points) AS points, f.month AS frozen,
    CASE WHEN f.month IS NOT NULL THEN f.rank
      WHEN s.points > 0 THEN 1 + {ABOVE["branch"].format(row="s")} END AS rank
  FROM standings AS s
  LEFT JOIN frozen_standings AS f ON f.month = s.period AND f.scope = 'branch' AND f.cadre_id = s.cadre_id
  WHERE s.cadre_id = :cadre_id AND s.period <> '{ALL}' AND s.period <= :until
  ORDER BY s.period DESC LIMIT :months
    """,  # noqa: S608 - constants of this module only
)


def own_months(cadre_id: int, *, until: str, months: int = 6) -> list[OwnMonth]:
    """Return a cadre's last months with entries, oldest first: closed ones as frozen, open ones live."""
    rows = read(_MONTHS, {"cadre_id": cadre_id, "until": until, "months": months})
    return [OwnMonth(row.month, int(row.points), row.rank, row.frozen is not None) for row in reversed(rows)]
