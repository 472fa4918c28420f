"""Writes of leaderboards: a month's standings, frozen by its close, and the places with which a day ended."""

from datetime import UTC, datetime, time, timedelta
from typing import Final, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, bindparam, delete, text

from portal.database.columns import Instant, LocalDate
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.errors import RuleBroken
from portal.domain.months import local_date, month_of
from portal.leaderboards.models import FrozenStanding, RankDay, RankRound
from portal.leaderboards.queries.ranked import RANKED, count_differences
from portal.organisation.boards import touch_boards
from portal.points.services.standings import settle_standings

_FREEZE: Final = f"""
  INSERT INTO {{table}}
    (month, scope, scope_code, cadre_id, cadre_code, branch_code, rank, points, validated_signups)
  SELECT :month, scope, scope_code, cadre_id, cadre_code, branch_code, rank, points, validated
  FROM (SELECT * FROM ({RANKED}) AS ranked) AS places
"""  # noqa: S608 - a constant of the queries

# What was posted since the day began is taken off again, so that it does not matter when the scheduler comes.
_KEEP: Final = text("""
  INSERT INTO rank_days (cadre_id, day, month, rank)
  SELECT placed.cadre_id, :day, :month, placed.rank FROM (
    SELECT s.cadre_id, s.points - COALESCE(new.points, 0) AS points, RANK() OVER (
      PARTITION BY s.branch_id ORDER BY s.score - COALESCE(new.points * 1000000 + new.validated, 0) DESC) AS rank
    FROM standings AS s JOIN branches AS branch ON branch.id = s.branch_id AND branch.time_zone = :zone
    LEFT JOIN (
      SELECT cadre_id, SUM(points) AS points,
        SUM(CASE kind WHEN 'signup' THEN 1 WHEN 'signup_reversal' THEN -1 ELSE 0 END) AS validated
      FROM ledger_entries WHERE month = :month AND posted_at >= :midnight GROUP BY cadre_id
    ) AS new ON new.cadre_id = s.cadre_id
    WHERE s.period = :month) AS placed
  WHERE placed.points > 0
  ON CONFLICT (cadre_id, day) DO NOTHING
""").bindparams(bindparam("day", type_=LocalDate), bindparam("midnight", type_=Instant))


def keep_rank_day(*, zone: str, at: datetime) -> bool:
    """Keep each cadre's branch place of the present month as the day began in a zone; True if nobody had done so.

    Who stores the day's round first does it; places older than yesterday's are deleted.
    """
    today = local_date(at, zone)
    rounds = insert_into(RankRound).on_conflict_do_nothing(index_elements=["time_zone", "day"])
    if change(rounds.values(time_zone=zone, day=today)).rowcount != 1:
        return False
    yesterday = today - timedelta(days=1)
    change(delete(RankRound).where(RankRound.time_zone == zone, RankRound.day < yesterday))
    change(delete(RankDay).where(RankDay.day < yesterday))
    midnight = datetime.combine(today, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    values = {"day": today, "month": month_of(today), "zone": zone, "midnight": midnight}
    if change(_KEEP, values).rowcount:
        touch_boards()
    return True


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
