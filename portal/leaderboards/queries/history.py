"""A cadre's own past: months, the best of them, months in first place, yesterday's place (rules.md 9.4)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import TextualSelect

from portal.database.together import Lists
from portal.domain.months import previous_month
from portal.leaderboards.queries.above import ABOVE
from portal.leaderboards.queries.scopes import constant, listed, read
from portal.points.queries import OF_A_MONTH

SURE_PACK: Final = "JKK,JKM"  # the sign-up that earns least: as many of any kind are enough
_FIRSTS: Final = 120  # ten years; who is first for longer is told of these


@dataclass(frozen=True)
class OwnMonth:
    """A cadre's points and branch rank of one month."""

    month: str
    points: int
    rank: int | None
    frozen: bool


@dataclass(frozen=True)
class History:
    """What a cadre's page says of the past: yesterday's place, the best month, closed months first in a row.

    `each` is what a validated new sign-up earns at least under the rules in force, in points. `yesterday` is the
    branch rank with which yesterday ended; None without one in the month. `late` counts the new sign-ups of the month
    that were earned before it.
    """

    yesterday: int | None = None
    best: OwnMonth | None = None
    firsts: int = 0
    each: int = 0
    late: int = 0


_MONTH: Final = OF_A_MONTH.format(period="s.period")
_MONTHS: Final = f"""
  SELECT s.period AS month, COALESCE(f.points, s.points) AS points, f.month AS frozen,
    CASE WHEN f.month IS NOT NULL THEN f.rank
      WHEN s.points > 0 THEN 1 + {ABOVE["branch"].format(row="s")} END AS rank
  FROM standings AS s
  LEFT JOIN frozen_standings AS f ON f.month = s.period AND f.scope = 'branch' AND f.cadre_id = s.cadre_id
  WHERE s.cadre_id = :cadre_id AND {_MONTH} AND s.period <= :until
"""  # noqa: S608 - constants of this module only
_LAST: Final = f"{_MONTHS} ORDER BY s.period DESC LIMIT CAST(:months AS BIGINT)"
# The latest of those with the most points, found without sorting anything.
_OWN_MOST: Final = (
    f"FROM standings AS o WHERE o.cadre_id = :cadre_id AND {OF_A_MONTH.format(period='o.period')}"
)
_BEST: Final = f"""
  {_MONTHS} AND s.points > 0 AND s.period = (
    SELECT MAX(o.period) {_OWN_MOST} AND o.points = (SELECT MAX(o.points) {_OWN_MOST}))
"""
_FIRST: Final = f"""
  SELECT f.month FROM standings AS s CROSS JOIN frozen_standings AS f
  WHERE (SELECT own.rank FROM own) = 1 AND s.cadre_id = :cadre_id AND {_MONTH}
    AND f.month = s.period AND f.scope = '{{kind}}' AND f.cadre_id = s.cadre_id AND f.rank = 1
  ORDER BY s.period DESC LIMIT {_FIRSTS}
"""  # noqa: S608 - constants of this module only
_YESTERDAY: Final = """
  SELECT r.rank FROM rank_days AS r
  WHERE r.cadre_id = :cadre_id AND r.month = :period AND CAST(r.day AS TEXT) = :today
"""
_LATE: Final = """
  SELECT COUNT(*) AS signups FROM ledger_entries AS e
  WHERE e.month = :period AND e.cadre_id = :cadre_id AND e.kind = 'signup' AND e.original_month < :period
"""
_RULES: Final = """
  SELECT CAST(p.valid_from AS TEXT) AS valid_from, CAST(p.document AS TEXT) AS document FROM points_rules AS p
  ORDER BY p.valid_from
"""
_FIELDS: Final = "month points frozen rank"
_RECENT: Final = constant(_LAST)
_OWN_BEST: Final = constant(_BEST)


def history_lists(kind: str) -> dict[str, TextualSelect]:
    """Return what is read of the past beside a cadre's place on the board of a kind."""
    return {
        "months": listed(_LAST, _FIELDS),
        "best": listed(_BEST, _FIELDS),
        "firsts": listed(_FIRST.format(kind=kind), "month"),
        "yesterday": listed(_YESTERDAY, "rank"),
        "late": listed(_LATE, "signups"),
        "rules": listed(_RULES, "valid_from document"),
    }


def own_months(cadre_id: int, *, until: str, months: int = 6) -> list[OwnMonth]:
    """Return a cadre's last months with entries, oldest first: closed ones as frozen, open ones live."""
    return months_of(read(_RECENT, {"cadre_id": cadre_id, "until": until, "months": months}))


def own_best(cadre_id: int, *, until: str) -> OwnMonth | None:
    """Return a cadre's month with the most points, the latest of equal ones; None without any."""
    return next(iter(months_of(read(_OWN_BEST, {"cadre_id": cadre_id, "until": until}))), None)


def months_of(rows: Sequence[Any]) -> list[OwnMonth]:
    """Make months of result rows, which come newest first."""
    return [OwnMonth(row.month, int(row.points), row.rank, row.frozen is not None) for row in reversed(rows)]


def history_of(found: Lists, *, today: str, current: str) -> History:
    """Arrange what was read of the past; `today` is a local date as text, `current` its month."""
    return History(
        yesterday=next((row.rank for row in found["yesterday"]), None),
        best=next(iter(months_of(found["best"])), None),
        firsts=_in_a_row([row.month for row in found["firsts"]], current),
        late=found["late"][0].signups,
        each=_points_of_a_signup(found["rules"], today),
    )


def _in_a_row(months: Sequence[str], current: str) -> int:
    """Count how many of the months, newest first, follow each other up to the one before the present month."""
    wanted, count = previous_month(current), 0
    for month in months:
        if month != wanted:
            break
        wanted, count = previous_month(wanted), count + 1
    return count


def _points_of_a_signup(rules: Sequence[Any], today: str) -> int:
    """Return what a validated new sign-up earns at least today (rules.md 3.2)."""
    held = [row.document for row in rules if row.valid_from <= today]
    return int(json.loads(held[-1])["signup"].get(SURE_PACK, 0)) if held else 0
