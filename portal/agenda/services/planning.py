"""Planning an event, changing, publishing and cancelling it (rules.md 12.4)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update

from portal import audit
from portal.agenda.models import Event
from portal.agenda.queries.events import find_event_by_ref, get_event, lock_event
from portal.agenda.queries.people import count_taken
from portal.database.extensions import db
from portal.database.guarded import change_one
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.agenda import CHANGEABLE, MOST_PEOPLE, MOST_SEATS, after, check_hours
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.names import check_reason, clean_text
from portal.domain.points import ACTIVITY_TYPES
from portal.domain.reports import check_ref
from portal.organisation.queries import get_branch
from portal.places.queries import normalise_village

PLANNERS: Final = frozenset({"supervisor", "admin"})


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What is said of an event: what, where, when, how many cadres, how many people and sign-ups are hoped for."""

    type: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    seats: int
    village_code: str | None = None
    notes: str | None = None
    target: int | None = None
    expected: int | None = None


def plan_event(*, ref: str, branch_id: int, facts: EventFacts, by: Signature) -> Event:
    """Plan an event of a branch in scope; the same form sent again gives the same event."""
    _check_planner(by)
    branch, values = get_branch(branch_id, actor=by.actor), _checked(facts)
    if facts.starts_at <= by.at:
        raise RuleBroken("agenda.begun")
    ref = check_ref(ref)
    said = {"branch_id": branch.id, "ref": ref, "status": "planned", "version": 1}
    signed = {"planned_by": by.actor.user_id, "planned_at": by.at, "changed_at": by.at}
    insert = (
        insert_into(Event).values(**values, **said, **signed).on_conflict_do_nothing(index_elements=["ref"])
    )
    fresh = db.session.scalar(insert.returning(Event.__table__.c.id))
    event = find_event_by_ref(ref)
    if event is None or (event.branch_id, event.planned_by) != (branch.id, by.actor.user_id):
        raise RuleBroken("agenda.changed")
    if fresh is not None:
        _record("planned", event, by=by)
    return event


def change_event(*, event_id: int, version: int, facts: EventFacts, by: Signature) -> Event:
    """Change an event that has not begun; never to fewer seats than are taken."""
    _check_planner(by)
    event, values = lock_event(event_id, actor=by.actor), _checked(facts)
    if event.status not in CHANGEABLE:
        raise RuleBroken("agenda.not_possible", {"state": event.status})
    if min(event.starts_at, facts.starts_at) <= by.at:
        raise RuleBroken("agenda.begun")
    taken = count_taken(event.id)
    if facts.seats < taken:
        raise RuleBroken("agenda.seats_taken", {"taken": taken})
    _move(event, version, values, by=by)
    return _record("changed", event, by=by, seen=version)


def publish_event(*, event_id: int, version: int, by: Signature) -> Event:
    """Publish an event, so that the cadres of the branch see it and sign up."""
    _check_planner(by)
    event = lock_event(event_id, actor=by.actor)
    state = after(event.status, "publish")
    if event.starts_at <= by.at:
        raise RuleBroken("agenda.begun")
    _move(event, version, {"status": state, "published_at": by.at}, by=by)
    return _record("published", event, by=by, seen=version)


def cancel_event(*, event_id: int, version: int, reason: str, by: Signature) -> Event:
    """Cancel an event with the reason; who signed up hears of it."""
    _check_planner(by)
    event = lock_event(event_id, actor=by.actor)
    state = after(event.status, "cancel")
    why = check_reason(reason, "agenda.reason_missing", limit=300)
    _move(event, version, {"status": state, "cancel_reason": why}, by=by)
    return _record("cancelled", event, by=by, seen=version, reason=why)


def _check_planner(by: Signature) -> None:
    if by.actor.role not in PLANNERS:
        raise NotAllowed("agenda.office_only")


def _checked(facts: EventFacts) -> dict[str, Any]:
    """Check what is said of an event and return its column values."""
    if facts.type not in ACTIVITY_TYPES:
        raise RuleBroken("activities.unknown_type")
    check_hours(facts.starts_at, facts.ends_at)
    _check_figures(facts)
    return asdict(facts) | {
        "title": _required(facts.title, "agenda.title_missing"),
        "place": _required(facts.place, "agenda.place_missing"),
        "village_code": normalise_village(facts.village_code) if facts.village_code else None,
        "notes": clean_text(facts.notes or "", limit=500, lines=True) or None,
    }


def _required(text: str, code: str) -> str:
    return check_reason(text, code, least=3, limit=120)


def _check_figures(facts: EventFacts) -> None:
    if not 1 <= facts.seats <= MOST_SEATS:
        raise RuleBroken("agenda.seats", {"most": MOST_SEATS})
    if any(not 0 <= (figure or 0) <= MOST_PEOPLE for figure in (facts.target, facts.expected)):
        raise RuleBroken("agenda.figures", {"most": MOST_PEOPLE})


def _move(event: Event, version: int, values: Mapping[str, Any], *, by: Signature) -> None:
    """Change the event if it is still as it was seen."""
    moving = update(Event).where(Event.id == event.id, Event.version == version)
    moving = moving.values(**values, version=Event.version + 1, changed_at=by.at)
    change_one(moving, otherwise=RuleBroken("agenda.changed"))
    db.session.refresh(event)


def _record(
    what: str, event: Event, *, by: Signature, seen: int | None = None, reason: str | None = None
) -> Event:
    audit.record(
        by=by,
        act=f"event.{what}",
        subject=audit.Subject("event", event.id, event.branch_id),
        reason=reason,
        version_seen=seen,
        details={"title": event.title, "seats": event.seats},
    )
    return get_event(event.id, actor=by.actor)
