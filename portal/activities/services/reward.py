"""What approved reports earn: the first three of a cadre's local date, each in its slot (rules.md 3.2)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from portal.activities.models import Activity
from portal.activities.queries.reports import list_used_slots
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.points import activity_points, activity_source, free_slot
from portal.points.queries import rules_on
from portal.points.services.posting import NewEntry, post_entries

_TRIES = 10


def lock_cadres(cadre_ids: set[int]) -> None:
    """Lock cadres so that one decision at a time counts a cadre's slots; in id order, to avoid deadlocks."""
    db.session.execute(
        select(Cadre.id).where(Cadre.id.in_(cadre_ids)).order_by(Cadre.id).with_for_update(key_share=True),
    ).all()


def reward(activities: Sequence[Activity], *, by: Signature) -> dict[int, int]:
    """Give approved reports their slots, post their points and return the points by id.

    A report beyond the day's earning ones gets no slot and no points. Call lock_cadres() first.
    """
    rules = {day: rules_on(day) for day in {activity.held_on for activity in activities}}
    rows = _with_slots(activities, rules=rules)
    by_id = {activity.id: activity for activity in activities}
    entries = [
        NewEntry(
            cadre_id=activity.cadre_id,
            kind="activity",
            source=activity_source(activity.ref),
            points=row["points"],
            rule_version=rules[activity.held_on][0],
            earned_on=activity.held_on,
        )
        for row in rows
        if (activity := by_id[row["key"]]) and row["points"]
    ]
    post_entries(entries, by=by)
    return {row["key"]: row["points"] for row in rows}


def _with_slots(
    activities: Sequence[Activity],
    *,
    rules: dict[date, tuple[int, dict[str, Any]]],
) -> list[dict[str, Any]]:
    """Store slots and points; the unique index on slots catches a caller that did not take the lock."""
    table = Activity.__table__
    store = update(table).where(table.c.id == bindparam("key"))  # type: ignore[arg-type] # a Table, by the mapping
    store = store.values(slot=bindparam("chosen"), points_given=bindparam("points"))
    for _ in range(_TRIES):
        rows = _choose(activities, rules=rules)
        try:
            with db.session.begin_nested():
                db.session.connection().execute(store, rows)
        except IntegrityError:
            continue
        return rows
    raise RuleBroken("activities.busy")


def _choose(
    activities: Sequence[Activity],
    *,
    rules: dict[date, tuple[int, dict[str, Any]]],
) -> list[dict[str, Any]]:
    """Choose the free slot of each report's day (domain.points.free_slot), in the order of ids."""
    used: dict[tuple[int, date], set[int]] = defaultdict(set)
    for cadre_id, held_on, slot in list_used_slots(activities):
        used[cadre_id, held_on].add(slot)
    rows = []
    for activity in sorted(activities, key=lambda each: each.id):
        document = rules[activity.held_on][1]
        taken = used[activity.cadre_id, activity.held_on]
        free = free_slot(document, taken)
        points = 0
        if free is not None:
            taken.add(free)
            points = activity_points(document, activity.type)
        rows.append({"key": activity.id, "chosen": free, "points": points})
    return rows
