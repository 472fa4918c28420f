"""Closing an event: each cadre who attended gets one approved activity of its type on its day (rules.md 12.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import update

from portal import audit
from portal.activities.services.attended import Attended, Held, approve_attended, record_attended
from portal.agenda.models import Event, EventAttendance
from portal.agenda.queries.events import lock_event
from portal.agenda.queries.people import Outcome, list_outcomes
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.agenda import MOST_PEOPLE, activity_ref, after, day_of, may_close
from portal.domain.errors import NotAllowed, RuleBroken
from portal.organisation.queries import get_branch

CLOSERS: Final = frozenset({"supervisor"})  # closing approves activities, which supervisors do


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing an event gave: how many have an activity, how many do not; `already` if it was closed before."""

    rewarded: int
    without: int
    points: int
    already: bool = False


def close_event(*, event_id: int, came: int | None, by: Signature) -> Closed:
    """Close an event that is over, in one go; closing it again changes nothing.

    A cadre whose own report names the event has that one approved, and no other. Who may not submit gets none, and
    the reason is kept.
    """
    if by.actor.role not in CLOSERS:
        raise NotAllowed("activities.supervisors_only")
    event = lock_event(event_id, actor=by.actor)
    held_on = day_of(event.starts_at, get_branch(event.branch_id).time_zone)
    if event.status == "closed":
        outcomes = list_outcomes(event, held_on)
        given = sum(one.activity_id is not None for one in outcomes)
        return Closed(given, len(outcomes) - given, 0, already=True)
    state = after(event.status, "close")
    if not may_close(event.status, event.ends_at, by.at):
        raise RuleBroken("agenda.not_over")
    if came is not None and not 0 <= came <= MOST_PEOPLE:
        raise RuleBroken("agenda.figures", {"most": MOST_PEOPLE})
    outcomes = list_outcomes(event, held_on)
    points = _approve(event, outcomes, by=by)
    _keep_obstacles(event, outcomes)
    closing = {"status": state, "came": came, "closed_by": by.actor.user_id, "closed_at": by.at}
    change(
        update(Event)
        .where(Event.id == event.id)
        .values(**closing, version=Event.version + 1, changed_at=by.at)
    )
    db.session.refresh(event)
    without = sum(one.obstacle is not None for one in outcomes)
    done = Closed(len(outcomes) - without, without, points)
    _record(event, outcomes, done, by=by)
    return done


def _approve(event: Event, outcomes: Sequence[Outcome], *, by: Signature) -> int:
    """Make the activities that are missing and approve all that wait; return the points they earned."""
    earning = [one for one in outcomes if one.obstacle is None]
    fresh = [
        Attended(activity_ref(event.ref, one.code), one.cadre_id, one.user_id or 0)
        for one in earning
        if one.activity_id is None
    ]
    zone = get_branch(event.branch_id).time_zone
    held = Held(
        event_id=event.id,
        branch_id=event.branch_id,
        type=event.type,
        held_on=day_of(event.starts_at, zone),
        village_code=event.village_code,
        place=event.place,
    )
    waiting = [
        one.activity_id for one in earning if one.activity_id is not None and one.status == "submitted"
    ]
    made = record_attended(held=held, attended=fresh, by=by)
    decided = approve_attended(activity_ids=[*made, *waiting], by=by)
    refused = next((one.code for one in decided if one.code), "")
    if refused:
        raise RuleBroken(refused)
    return sum(one.points for one in decided)


def _keep_obstacles(event: Event, outcomes: Sequence[Outcome]) -> None:
    for one in outcomes:
        if one.obstacle is not None:
            row = update(EventAttendance).where(EventAttendance.event_id == event.id)
            change(row.where(EventAttendance.cadre_id == one.cadre_id).values(obstacle=one.obstacle))


def _record(event: Event, outcomes: Sequence[Outcome], done: Closed, *, by: Signature) -> None:
    audit.record(
        by=by,
        act="event.closed",
        subject=audit.Subject("event", event.id, event.branch_id),
        details={"cadres": done.rewarded, "without": done.without, "points": done.points, "came": event.came},
    )
    for one in outcomes:
        if one.obstacle is not None:
            audit.record(
                by=by,
                act="event.not_rewarded",
                subject=audit.Subject("cadre", one.cadre_id, event.branch_id),
                details={"event": event.id, "title": event.title, "obstacle": one.obstacle},
            )
