"""The quality of cadres' work over the last three months, for the office and for themselves (rules.md 11.7)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Select, and_, func, literal, or_, select, union_all

from portal.activities.models import Activity
from portal.database import bulk
from portal.database.unindexed import unindexed
from portal.domain.months import month_of, subtract_months
from portal.domain.quality import MEASURES, Gate, Quality, Share
from portal.organisation.queries import parameters
from portal.signups.models import SignUp
from portal.tallies.models import CadreSum

MONTHS: Final = 3
_DECIDED: Final = ("validated", "rejected", "expired")


def list_quality(cadre_ids: Iterable[int], today: date) -> dict[int, Quality]:
    """Return the quality of each of some cadres, in one statement; who has done nothing yet has none of anything."""
    wanted = sorted(set(cadre_ids))
    found: dict[int, dict[str, Share]] = {cadre_id: {} for cadre_id in wanted}
    if wanted:
        for cadre_id, measure, good, of in bulk.plain_rows(_select(wanted, subtract_months(today, MONTHS))):
            found[cadre_id][measure] = Share(int(good), int(of))
    return {cadre_id: Quality(**shares) for cadre_id, shares in found.items()}


def get_gates(today: date) -> Mapping[str, Gate]:
    """Return the thresholds of each measure (data): percent, and of how many at least."""
    names = {measure: f"quality_{measure}" for measure in MEASURES}
    held = parameters([*names.values(), "quality_least"], month=month_of(today))
    return {measure: Gate(int(held[name]), int(held["quality_least"])) for measure, name in names.items()}


def _select(cadre_ids: list[int], since: date) -> Any:
    return union_all(_reports(cadre_ids, since), _signups(cadre_ids, since), _participants(cadre_ids))


def _reports(cadre_ids: list[int], since: date) -> Select[Any]:
    """Count reports that somebody looked at: decided, or sent back once; imported ones nobody looked at."""
    a = Activity
    good = func.count().filter(and_(a.status == "approved", a.version == 1))
    query = select(a.cadre_id, literal("first_time"), good, func.count())
    query = query.where(bulk.one_of(a.cadre_id, cadre_ids), a.held_on >= since, a.history.is_(False))
    return query.where(or_(a.status != "submitted", a.version > 1)).group_by(a.cadre_id)


def _signups(cadre_ids: list[int], since: date) -> Select[Any]:
    """Count sign-ups that were decided: found in the official data, rejected, or never found in time."""
    s = SignUp
    good = func.count().filter(s.status == "validated")
    query = select(s.cadre_id, literal("match"), good, func.count())
    query = query.where(bulk.one_of(s.cadre_id, cadre_ids), s.reported_on >= since, s.history.is_(False))
    return query.where(unindexed(s.status).in_(_DECIDED)).group_by(s.cadre_id)


def _participants(cadre_ids: list[int]) -> Select[Any]:
    """Count the participants in care as they are now, from the sums that are kept of them."""
    c = CadreSum
    everybody = func.sum(c.active) + func.sum(c.grace) + func.sum(c.lapsed)
    query = select(c.cadre_id, literal("retention"), func.sum(c.active), everybody)
    return query.where(bulk.one_of(c.cadre_id, cadre_ids)).group_by(c.cadre_id)
