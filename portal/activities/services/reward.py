"""What approved reports earn: the first three of a cadre's local date, each in its slot (rules.md 3.2)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from sqlalchemy import Row, Table, select
from sqlalchemy.exc import IntegrityError

from portal.activities.models import Activity
from portal.activities.queries.reports import list_used_slots
from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.points import activity_points, activity_source, free_slot
from portal.points.queries import Rules, rules_by_day
from portal.points.services.posting import NewEntry, post_entries

_TRIES = 10
_ACTIVITIES = cast("Table", Activity.__table__)


def lock_cadres(cadre_ids: set[int]) -> None:
    """Lock cadres so that one decision at a time counts a cadre's slots; in id order, to avoid deadlocks."""
    if db.session.get_bind().dialect.name == "postgresql":  # on SQLite there is one writer at a time
        locked = select(Cadre.id).where(bulk.one_of(Cadre.id, cadre_ids)).order_by(Cadre.id)
        bulk.plain_rows(locked.with_for_update(key_share=True)).all()


def reward(reports: Sequence[Row[Any]], *, by: Signature) -> dict[int, int]:
    """Give approved reports their slots, post their points and return the points by id.

    A report beyond the day's earning ones gets no slot and no points. Call lock_cadres() first.
    """
    rules = rules_by_day({report.held_on for report in reports})
    points = _with_slots(reports, rules=rules)
    entries = [
        NewEntry(
            cadre_id=report.cadre_id,
            kind="activity",
            source=activity_source(report.ref),
            points=points[report.id],
            rule_version=rules[report.held_on][0],
            earned_on=report.held_on,
        )
        for report in reports
        if points[report.id]
    ]
    post_entries(entries, by=by)
    return points


def _with_slots(reports: Sequence[Row[Any]], *, rules: Mapping[date, Rules]) -> dict[int, int]:
    """Store slots and points; the unique index on slots catches a caller that did not take the lock."""
    for _ in range(_TRIES):
        rows = _choose(reports, rules=rules)
        try:
            with db.session.begin_nested():
                bulk.update_many(_ACTIVITIES, ("slot", "points_given"), rows)
        except IntegrityError:
            continue
        return {key: points for key, _slot, points in rows}
    raise RuleBroken("activities.busy")


def _choose(reports: Sequence[Row[Any]], *, rules: Mapping[date, Rules]) -> list[tuple[int, int | None, int]]:
    """Choose the free slot of each report's day (domain.points.free_slot), in the order of ids; with it its points."""
    used: dict[tuple[int, date], set[int]] = defaultdict(set)
    for cadre_id, held_on, slot in list_used_slots({(one.cadre_id, one.held_on) for one in reports}):
        used[cadre_id, held_on].add(slot)
    rows = []
    for report in sorted(reports, key=lambda each: each.id):
        document = rules[report.held_on][1]
        taken = used[report.cadre_id, report.held_on]
        free = free_slot(document, taken)
        points = 0
        if free is not None:
            taken.add(free)
            points = activity_points(document, report.type)
        rows.append((report.id, free, points))
    return rows
