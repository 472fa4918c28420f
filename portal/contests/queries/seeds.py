"""Who takes part in a season, and what divides them: points of closed months, reports approved at first look."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from portal.activities.models import Activity
from portal.cadres.models import Cadre
from portal.contests.models import LeagueChoice
from portal.database import bulk
from portal.domain.months import add_months, first_day, last_day, previous_month
from portal.domain.quality import Gate
from portal.domain.recognition.leagues import Member
from portal.leaderboards.models import FrozenStanding
from portal.organisation.queries import parameter
from portal.points.models import Month

SEED_MONTHS = 3


def closed_before(at: datetime) -> list[str]:
    """List the last three months that were closed before an instant; none if no month was."""
    newest = select(func.max(Month.month)).where(Month.status == "closed", Month.closed_at < at)
    last = bulk.plain_rows(newest).scalar_one()
    return [] if last is None else [add_months(last, back) for back in (-2, -1, 0)]


def list_members(months: Sequence[str], *, begins: datetime) -> list[tuple[int, Member]]:
    """List who chose the league before a season begins, by number, with the points of the months of the mean.

    Who has no entry in any of them has no mean. A month without an entry adds nothing to the sum and counts: the mean
    is of the months, not of those one was active in.
    """
    choice, place = LeagueChoice, FrozenStanding
    sums = select(place.cadre_id, func.sum(place.points).label("points"))
    sums = sums.where(place.scope == "nation", place.month.in_(months)).group_by(place.cadre_id)
    sums_of = sums.subquery("sums")
    wanted = select(Cadre.id, Cadre.code, sums_of.c.points).join(choice, choice.cadre_id == Cadre.id)
    wanted = wanted.outerjoin(sums_of, sums_of.c.cadre_id == Cadre.id)
    wanted = wanted.where(choice.joined_at < begins, or_(choice.left_at.is_(None), choice.left_at >= begins))
    wanted = wanted.where(Cadre.status.not_in(("candidate", "ended"))).order_by(Cadre.id)
    return [(row.id, _member(row, len(months))) for row in bulk.plain_rows(wanted)]


def _member(row: Any, months: int) -> Member:
    return Member(row.code) if row.points is None else Member(row.code, int(row.points), months)


def gate_of(month: str) -> Gate:
    """Return the gate of the top division as it holds in a month (data)."""
    percent, least = (
        int(parameter(name, month=month)) for name in ("league_top_first_time", "league_top_reports")
    )
    return Gate(percent, least)


def first_times(cadres: Collection[int], *, month: str) -> dict[int, tuple[int, int]]:
    """Count the reports held in the three months before a month: approved at first look, and looked at at all.

    As everywhere: looked at is what was decided, or came back once; what an import brought was not. Cadres without
    any are left out.
    """
    one = Activity
    looked = or_(one.status != "submitted", one.version > 1)
    first = and_(one.status == "approved", one.version == 1)
    since, until = first_day(add_months(month, -SEED_MONTHS)), last_day(previous_month(month))
    counts = (func.count().filter(first), func.count().filter(looked))
    wanted = select(one.cadre_id, *counts).where(one.held_on.between(since, until), ~one.history)
    found: dict[int, tuple[int, int]] = {}
    for some in bulk.batches(sorted(cadres)):
        rows = bulk.plain_rows(wanted.where(bulk.one_of(one.cadre_id, some)).group_by(one.cadre_id))
        found |= {cadre_id: (at_first, decided) for cadre_id, at_first, decided in rows}
    return found
