"""What a branch's month report tells: sums, trend, funnel, who stands out and who needs a talk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from portal.coverage.queries.areas import Figures, sum_branch
from portal.domain.actors import Actor
from portal.domain.months import add_months, month_of, month_range
from portal.home.queries.branch import Funnel, SilentCadre, funnel_of, list_silent, list_trend, total_month
from portal.home.queries.cohorts import Followed, list_followed
from portal.home.queries.quality import CadreMonth, list_quality
from portal.leaderboards.queries.scopes import Scope
from portal.points.queries import find_month

TREND = 6


@dataclass(frozen=True)
class MonthReport:
    """A branch's month; `closed_at` and `digest` only once the month is closed."""

    branch: Scope
    month: str
    closed_at: datetime | None
    digest: str | None
    totals: Mapping[str, int]
    months: Sequence[str]
    trend: Sequence[int]
    funnel: Funnel
    followed: Sequence[Followed]
    cadres: Sequence[CadreMonth]
    silent: Sequence[SilentCadre]
    silent_total: int
    villages: Figures


def read_report(actor: Actor, branch: Scope, month: str, today: date) -> MonthReport:
    """Read the month of a branch that the actor may see; silence, villages never visited and who pays as of today."""
    here = replace(actor, scope="branch", branch_id=branch.id)
    row = find_month(month)
    closed = row if row is not None and row.status == "closed" else None
    months = month_range(add_months(month, 1 - TREND), month)
    silent, silent_total = list_silent(here, today, limit=5)
    return MonthReport(
        branch=branch,
        month=month,
        closed_at=closed.closed_at if closed else None,
        digest=closed.digest if closed else None,
        totals=total_month(here, month),
        months=months,
        trend=list_trend(here, months),
        funnel=funnel_of(here, add_months(month, -3)),
        followed=list_followed(here, month_of(today)),
        cadres=list_quality(branch.id, month),
        silent=silent,
        silent_total=silent_total,
        villages=sum_branch(branch.id, today),
    )
