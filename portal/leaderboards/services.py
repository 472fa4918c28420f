"""Writes of leaderboards: the standings of a month, frozen by its close."""

from typing import Final, cast

from sqlalchemy import Table, text

from portal.database.guarded import change
from portal.domain.errors import RuleBroken
from portal.leaderboards.models import FrozenStanding
from portal.leaderboards.queries.ranked import RANKED, count_differences
from portal.organisation.boards import touch_boards
from portal.points.services.standings import settle_standings

_FREEZE: Final = f"""
  INSERT INTO {{table}}
    (month, scope, scope_code, cadre_id, cadre_code, branch_code, rank, points, validated_signups)
  SELECT :month, scope, scope_code, cadre_id, cadre_code, branch_code, rank, points, validated
  FROM (SELECT * FROM ({RANKED}) AS ranked) AS places
"""  # noqa: S608 - a constant of the queries


def freeze_standings(*, month: str, into: Table | None = None) -> int:
    """Write the standings of a month for good; return how many rows. `into` is a copy of the table, else it itself.

    They come from the ledger. The live standings have to agree; if they do not, something is broken and the month
    must not close: RuleBroken("leaderboards.standings_differ").
    """
    settle_standings()
    different = count_differences(month)
    if different:
        raise RuleBroken("leaderboards.standings_differ", {"month": month, "count": different})
    if into is None:
        touch_boards()
    table = cast("Table", FrozenStanding.__table__) if into is None else into
    return change(text(_FREEZE.format(table=table.fullname)), {"month": month}).rowcount
