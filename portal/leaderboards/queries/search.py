"""Searching a board by name or code."""

from typing import Final

from portal.leaderboards.queries.above import ABOVE
from portal.leaderboards.queries.boards import BoardRow, is_frozen, row_of
from portal.leaderboards.queries.scopes import LIVE, SCORING, SHOWN, Scope, constant, read

_FOUND: Final = f"(LOWER({SHOWN}) LIKE :words ESCAPE '!' OR LOWER(cadre.code) LIKE :words ESCAPE '!')"
_LIVE: Final = {
    kind: constant(
        f"""
  SELECT s.cadre_id, {SHOWN} AS name, branch.name AS branch, s.points, s.validated_signups, s.score,
    1 + {ABOVE[kind].format(row="s")} AS rank
  FROM standings AS s CROSS JOIN cadres AS cadre CROSS JOIN branches AS branch
  WHERE {scope} AND s.score >= {SCORING} AND cadre.id = s.cadre_id AND branch.id = s.branch_id AND {_FOUND}
  ORDER BY s.score DESC, s.cadre_id DESC LIMIT 50
        """,  # noqa: S608 - constants of this package only
    )
    for kind, scope in LIVE.items()
}
_FROZEN: Final = constant(
    f"""
  SELECT f.rank, f.cadre_id, {SHOWN} AS name, branch.name AS branch, f.points, f.validated_signups, 0 AS score
  FROM frozen_standings AS f CROSS JOIN cadres AS cadre CROSS JOIN branches AS branch
  WHERE f.month = :period AND f.scope = :scope AND f.scope_code = :code AND f.rank > 0
    AND cadre.id = f.cadre_id AND branch.code = f.branch_code AND {_FOUND}
  ORDER BY f.rank, f.cadre_id LIMIT 50
    """,  # noqa: S608 - constants of this package only
)


def search_board(scope: Scope, period: str, words: str) -> list[BoardRow]:
    """Find up to 50 rows of a board by part of a name or code."""
    escaped = words.strip().lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    values = {"period": period, "words": f"%{escaped}%"}
    if is_frozen(period):
        found = read(_FROZEN, values | {"scope": scope.kind, "code": scope.code})
    else:
        found = read(_LIVE[scope.kind], values | {"scope_id": scope.id})
    return [row_of(row, int(row.rank)) for row in found]
