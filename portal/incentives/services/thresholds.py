"""Crossing a threshold of money: the cadre is told once, with what it brings (design/next.md, "Moments")."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from portal.domain.months import CLOSE_ZONE, local_date, month_of, month_range
from portal.incentives.computation.estimates import find_gains, thresholds_of
from portal.incentives.queries.plans import plans_in
from portal.incentives.queries.thresholds import list_crossing, threshold_source
from portal.points.queries import oldest_open_month
from portal.recognition.services.moments import NewMoment, note_moments

AT_ONCE: Final = 200  # cadres looked at in one round: whoever is left comes a minute later


def note_thresholds(*, at: datetime) -> int:
    """Note a moment for each cadre whose new participants of an open month have reached a threshold of the plan.

    Noting again changes nothing: month and component name the moment. Returns how many are new.
    """
    current = month_of(local_date(at, CLOSE_ZONE))
    months = month_range(oldest_open_month() or current, current)
    noted = 0
    for month in months[-2:]:
        for component, least, branch_ids in _asked(month):
            found = list_crossing(
                month=month, component=component, least=least, branch_ids=branch_ids, limit=AT_ONCE
            )
            moments = [one for cadre_id in found for one in _moments(cadre_id, month, component, at)]
            noted += note_moments(moments=moments)
    return noted


def _asked(month: str) -> Iterator[tuple[str, int, list[int]]]:
    """Yield the thresholds of a month's plans, each with the branches whose plan asks for it."""
    branches: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for branch_id, found in plans_in(month).items():
        for component, least in thresholds_of(found.plan).items():
            branches[component, least].append(branch_id)
    for (component, least), ids in sorted(branches.items()):
        yield component, least, sorted(ids)


def _moments(cadre_id: int, month: str, component: str, at: datetime) -> Iterator[NewMoment]:
    for gain in find_gains(cadre_id, month):
        if gain.component == component:
            details = {"month": month, "code": component, "count": gain.least, "amount": gain.amount}
            yield NewMoment(cadre_id, "threshold", threshold_source(month, component), at, details)
