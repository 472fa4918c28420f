"""Approving many reports with one press: each stands for itself, and none of them is flagged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, and_, or_, update

from portal.activities.models import Activity
from portal.activities.queries import is_flagged, list_decidable
from portal.activities.services.decide import DECIDERS, note
from portal.activities.services.reward import lock_cadres, reward
from portal.domain.actors import Actor
from portal.domain.errors import NotAllowed, RuleBroken
from portal.extensions import db

MOST = 100


@dataclass(frozen=True)
class Decided:
    """What became of one report: approved (perhaps earlier), or the code that says why it was not."""

    activity_id: int
    points: int = 0
    already: bool = False
    code: str = ""


def approve_batch(*, picked: Sequence[tuple[int, int]], actor: Actor, at: datetime) -> list[Decided]:
    """Approve the unflagged ones of (id, version seen); the others are listed with the reason.

    The same batch again approves nothing twice and gives the earlier results.
    """
    if actor.role not in DECIDERS:
        raise NotAllowed("activities.supervisors_only")
    versions = dict(picked)
    if len(versions) > MOST:
        raise RuleBroken("activities.batch_too_long", {"most": MOST})
    found = {row[0].id: row for row in list_decidable(list(versions), actor=actor)}
    refused = {
        activity_id: code
        for activity_id in versions
        if (code := _obstacle(found.get(activity_id), actor=actor))
    }
    free = {
        activity_id: found[activity_id][0] for activity_id in sorted(versions) if activity_id not in refused
    }
    lock_cadres({activity.cadre_id for activity in free.values()})
    moved = _move({activity_id: versions[activity_id] for activity_id in free}, actor=actor, at=at)
    points = reward([free[activity_id] for activity_id in moved], actor=actor, at=at) if moved else {}
    for activity_id, earned in points.items():
        note(
            free[activity_id],
            "approve",
            actor=actor,
            at=at,
            version=versions[activity_id],
            details={"points": earned},
        )
    late = {row[0].id: row[0] for row in list_decidable(list(set(free) - moved), actor=actor)}
    return [
        Decided(activity_id, points[activity_id])
        if activity_id in points
        else _earlier(late[activity_id], versions[activity_id])
        if activity_id in late
        else Decided(activity_id, code=refused[activity_id])
        for activity_id in versions
    ]


def _obstacle(row: Row[tuple[Activity, int | None, bool]] | None, *, actor: Actor) -> str:
    """Say why a report cannot be in a batch of this person; empty if it can."""
    if row is None:
        return "activities.no_such"
    activity, owner, flagged = row
    if actor.user_id in {activity.submitted_by, owner}:
        return "decision.own_report"
    if flagged and activity.status == "submitted":
        return "activities.flagged_singly"
    return ""


def _move(versions: dict[int, int], *, actor: Actor, at: datetime) -> set[int]:
    """Approve those that still wait as they were seen and have no flag at this moment, and return their ids."""
    if not versions:
        return set()
    as_seen = or_(
        *(and_(Activity.id == key, Activity.version == version) for key, version in versions.items())
    )
    rows = db.session.scalars(
        update(Activity)
        .where(Activity.status == "submitted", as_seen, ~is_flagged())
        .values(status="approved", decided_at=at, decided_by=actor.user_id, reason_code=None, reason=None)
        .returning(Activity.id),
        execution_options={"synchronize_session": False},
    )
    return set(rows)


def _earlier(activity: Activity, version: int) -> Decided:
    """Return the earlier result of a report that no longer waits as it was seen."""
    if activity.status == "approved" and activity.version == version:
        return Decided(activity.id, activity.points_given or 0, already=True)
    if activity.status == "submitted":  # flagged since it was looked at, or sent again
        same = activity.version == version
        return Decided(activity.id, code="activities.flagged_singly" if same else "activities.changed")
    return Decided(activity.id, code=f"activities.already_{activity.status}")
