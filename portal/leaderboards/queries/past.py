"""A cadre's own place in a closed month, frozen for good."""

from typing import Final

from portal.leaderboards.queries.boards import BoardRow, row_of
from portal.leaderboards.queries.own import OwnRank
from portal.leaderboards.queries.scopes import SHOWN, Scope, constant, get_scope_by_code, read

_OWN = constant(
    f"""
  SELECT f.scope_code, f.rank, f.points, f.validated_signups, f.cadre_code, {SHOWN} AS name,
    (SELECT COUNT(o.rank) FROM frozen_standings AS o
      WHERE o.month = f.month AND o.scope = f.scope AND o.scope_code = f.scope_code AND o.rank > 0) AS ranked,
    (SELECT COUNT(*) FROM frozen_standings AS o
      WHERE o.month = f.month AND o.scope = f.scope AND o.scope_code = f.scope_code AND o.rank = f.rank) AS sharing
  FROM frozen_standings AS f JOIN cadres AS cadre ON cadre.id = f.cadre_id
  WHERE f.month = :period AND f.scope = :scope AND f.cadre_id = :cadre_id
    """,  # noqa: S608 - constants of this module only
)
_NEAR: Final = """
  SELECT '{kind}' AS kind, taken.rank, taken.cadre_id, {shown} AS name, branch.name AS branch, taken.points,
    taken.validated_signups, 0 AS score
  FROM (SELECT f.rank, f.cadre_id, f.branch_code, f.points, f.validated_signups FROM frozen_standings AS f
      WHERE f.month = :period AND f.scope = :scope AND f.scope_code = :code
        AND (f.rank, f.cadre_id) {sign} (:rank, :cadre_id)
      ORDER BY f.rank {way}, f.cadre_id {way} LIMIT {rows}) AS taken
    CROSS JOIN cadres AS cadre CROSS JOIN branches AS branch
  WHERE cadre.id = taken.cadre_id AND branch.code = taken.branch_code
"""
_AROUND = constant(
    _NEAR.format(shown=SHOWN, kind="above", sign="<", way="DESC", rows=2)
    + " UNION ALL "
    + _NEAR.format(shown=SHOWN, kind="below", sign=">=", way="ASC", rows=3),
)
_COUNT = constant(
    """
  SELECT COUNT(*) AS ranked FROM frozen_standings AS f
  WHERE f.month = :period AND f.scope = :scope AND f.scope_code = :code AND f.rank > 0
    """,
)


def count_frozen(scope: Scope, month: str) -> int:
    """Count the ranked cadres on a closed month's board."""
    return int(read(_COUNT, {"period": month, "scope": scope.kind, "code": scope.code})[0].ranked)


def past_rank(cadre_id: int, month: str, scope: str) -> OwnRank | None:
    """Return a cadre's frozen place, in the branch of that month; None without an entry in it."""
    rows = read(_OWN, {"cadre_id": cadre_id, "period": month, "scope": scope})
    if not rows:
        return None
    row = rows[0]
    return OwnRank(
        cadre_id=cadre_id,
        period=month,
        code=row.cadre_code,
        name=row.name,
        points=int(row.points),
        validated=row.validated_signups,
        board=get_scope_by_code(scope, row.scope_code),
        rank=row.rank,
        ranked=row.ranked,
        sharing=row.sharing,
    )


def past_neighbours(own: OwnRank) -> list[BoardRow]:
    """Return the cadre's row with two neighbours on each side in a closed month; empty without a rank."""
    if own.rank is None:
        return []
    values = {"period": own.period, "scope": own.board.kind, "rank": own.rank}
    values |= {"cadre_id": own.cadre_id, "code": own.board.code}
    rows = [row_of(row, row.rank) for row in read(_AROUND, values)]
    return sorted(rows, key=lambda row: (row.rank, row.cadre_id))
