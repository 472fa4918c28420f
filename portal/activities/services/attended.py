"""Activities that come of an event of the agenda: reported by attending, approved by closing it (rules.md 12.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import update

from portal.activities.models import Activity
from portal.activities.services.decide import Decision, approve_reports
from portal.database.extensions import db
from portal.database.guarded import change_one
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken


@dataclass(frozen=True)
class Attended:
    """One cadre's activity at an event: its ref, who attended, with which account."""

    ref: str
    cadre_id: int
    user_id: int


@dataclass(frozen=True)
class Held:
    """What all activities of an event share: the event, its branch, type, local day and place."""

    event_id: int
    branch_id: int
    type: str
    held_on: date
    village_code: str | None
    place: str


def record_attended(*, held: Held, attended: Sequence[Attended], by: Signature) -> list[int]:
    """Store what cadres did at an event as reports of theirs; return the numbers.

    No head count: the people who came are the event's, and would be counted once for each cadre.
    """
    shared = {
        "event_id": held.event_id,
        "branch_id": held.branch_id,
        "type": held.type,
        "held_on": held.held_on,
        "village_code": held.village_code,
        "place": held.place,
        "status": "submitted",
        "history": False,
        "submitted_at": by.at,
        "flags": [],
        "version": 1,
    }
    rows = [
        {**shared, "ref": one.ref, "cadre_id": one.cadre_id, "submitted_by": one.user_id} for one in attended
    ]
    if not rows:
        return []
    insert = insert_into(Activity).returning(Activity.__table__.c.id)
    return list(db.session.execute(insert, rows).scalars())


def approve_attended(*, activity_ids: Sequence[int], by: Signature) -> list[Decision]:
    """Approve reports of an event, whatever a review would flag: that it was held and who came is recorded."""
    return approve_reports(activity_ids=activity_ids, by=by)


def link_report(*, activity_id: int, event_id: int, by: Signature) -> None:
    """Name the event at which a cadre's own report was made; a rejected one, or one that names an event, stays."""
    own = update(Activity).where(Activity.id == activity_id, Activity.cadre_id == by.actor.cadre_id)
    free = own.where(Activity.event_id.is_(None), Activity.status != "rejected")
    change_one(free.values(event_id=event_id), otherwise=RuleBroken("agenda.report_taken"))
