"""Writes of leaderboards: the standings of a month, frozen by its close."""

from typing import Final

from sqlalchemy import text

from portal.domain.errors import RuleBroken
from portal.extensions import db
from portal.leaderboards.queries import RANKED, count_differences
from portal.points.services import settle_standings

_FREEZE: Final = f"""
  INSERT INTO frozen_standings
    (month, scope, scope_code, cadre_id, cadre_code, branch_code, rank, points, validated_signups)
  SELECT :month, scope, scope_code, cadre_id, cadre_code, branch_code, rank, points, validated
  FROM (SELECT * FROM ({RANKED}) AS ranked) AS places
"""  # noqa: S608 - a constant of the queries


def freeze_standings(*, month: str) -> int:
    """Write the standings of a month once and for all; return how many rows.

    They come from the ledger, the truth; the live standings have to agree, else something is broken and the
    month must not close: RuleBroken("leaderboards.standings_differ").
    """
    settle_standings()
    different = count_differences(month)
    if different:
        raise RuleBroken("leaderboards.standings_differ", {"month": month, "count": different})
    result = db.session.execute(text(_FREEZE), {"month": month})
    return int(result.rowcount)  # type: ignore[attr-defined] # a CursorResult, by the INSERT
