"""The ranks of a whole month, computed from the ledger: what the close freezes and previews show."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from portal.database.extensions import db


@dataclass(frozen=True)
class Ranked:
    """A cadre's place of a month in one scope; rank None at zero points or below."""

    scope: str
    scope_code: str
    cadre_id: int
    cadre_code: str
    branch_code: str
    rank: int | None
    points: int
    validated: int


_SUMS: Final = """
  SELECT cadre_id, SUM(points) AS points,
    SUM(CASE kind WHEN 'signup' THEN 1 WHEN 'signup_reversal' THEN -1 ELSE 0 END) AS validated
  FROM ledger_entries WHERE month = :month GROUP BY cadre_id
"""
# Branch and region are those of the cadre's term in the month, whatever happened since (rules.md 1.7).
_PLACED: Final = f"""
  WITH placed AS MATERIALIZED (
    SELECT sums.cadre_id, cadre.code AS cadre_code, branch.code AS branch_code, office.code AS region_code,
      sums.points, sums.validated
    FROM ({_SUMS}) AS sums
    JOIN cadres AS cadre ON cadre.id = sums.cadre_id
    JOIN cadre_terms AS term ON term.cadre_id = sums.cadre_id AND term.from_month = (
      SELECT MAX(held.from_month) FROM cadre_terms AS held
      WHERE held.cadre_id = sums.cadre_id AND held.from_month <= :month)
    JOIN branches AS branch ON branch.id = term.branch_id
    JOIN regional_offices AS office ON office.id = branch.regional_office_id
  )
"""  # noqa: S608 - constants of this module only
_SCOPE: Final = """
  SELECT '{scope}' AS scope, {code} AS scope_code, cadre_id, cadre_code, branch_code,
    CASE WHEN points > 0 THEN RANK() OVER ({partition} ORDER BY points DESC, validated DESC) END AS rank,
    points, validated
  FROM placed
"""
RANKED: Final = _PLACED + " UNION ALL ".join(
    _SCOPE.format(scope=scope, code=code, partition=partition)
    for scope, code, partition in (
        ("branch", "branch_code", "PARTITION BY branch_code"),
        ("region", "region_code", "PARTITION BY region_code"),
        ("nation", "'ID'", ""),
    )
)
_DIFFERENT: Final = f"""
  SELECT COUNT(*) FROM (
    SELECT COALESCE(sums.points, 0) AS points FROM ({_SUMS}) AS sums
    LEFT JOIN standings AS live ON live.cadre_id = sums.cadre_id AND live.period = :month
    WHERE live.cadre_id IS NULL OR live.points <> sums.points OR live.validated_signups <> sums.validated
      OR live.score <> sums.points * 1000000 + sums.validated + 500000
    UNION ALL
    SELECT live.points FROM standings AS live WHERE live.period = :month
      AND NOT EXISTS (SELECT 1 FROM ledger_entries AS entry
        WHERE entry.cadre_id = live.cadre_id AND entry.month = live.period)
  ) AS different
"""  # noqa: S608 - constants of this module only


def list_ranked(month: str) -> Iterator[Ranked]:
    """Compute every cadre's place of a month in all three scopes from the ledger, writing nothing."""
    rows = db.session.execute(text(RANKED), {"month": month}, execution_options={"yield_per": 5000})
    for row in rows:
        yield Ranked(
            scope=row.scope,
            scope_code=row.scope_code,
            cadre_id=row.cadre_id,
            cadre_code=row.cadre_code,
            branch_code=row.branch_code,
            rank=row.rank,
            points=int(row.points),
            validated=int(row.validated),
        )


def count_differences(month: str) -> int:
    """Count the cadres whose live standing of a month differs from the ledger; anything but 0 is a fault."""
    return int(db.session.execute(text(_DIFFERENT), {"month": month}).scalar_one())
