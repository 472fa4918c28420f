"""Taking part: a cadre signs up for a seat and steps back, until the event begins."""

from sqlalchemy import update

from portal import audit
from portal.agenda.models import Event, EventSeat
from portal.agenda.queries.events import lock_event
from portal.agenda.queries.people import count_taken, has_seat
from portal.cadres.queries.cadres import get_cadre
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.agenda import is_free_to_choose
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import local_date
from portal.domain.reports import Standing, check_may_submit
from portal.organisation.queries import get_branch


def sign_up(*, event_id: int, by: Signature) -> None:
    """Take a seat; signing up twice takes one. The event's lock decides who gets the last one."""
    cadre_id = _own(by)
    event = _open_event(event_id, by=by)
    if has_seat(event.id, cadre_id):
        return
    cadre = get_cadre(cadre_id)
    held_on = local_date(event.starts_at, get_branch(event.branch_id).time_zone)
    check_may_submit(Standing(cadre.status, cadre.certified_on, cadre.submits_until), held_on)
    if count_taken(event.id) >= event.seats:
        raise RuleBroken("agenda.full")
    seat = insert_into(EventSeat).values(event_id=event.id, cadre_id=cadre_id, signed_up_at=by.at)
    again = {"signed_up_at": by.at, "stepped_back_at": None}
    db.session.execute(seat.on_conflict_do_update(index_elements=["event_id", "cadre_id"], set_=again))
    _record("signed_up", event, by=by)


def step_back(*, event_id: int, by: Signature) -> None:
    """Give the seat back; without one nothing happens."""
    cadre_id = _own(by)
    event = _open_event(event_id, by=by)
    seat = update(EventSeat).where(EventSeat.event_id == event.id, EventSeat.cadre_id == cadre_id)
    left = change(seat.where(EventSeat.stepped_back_at.is_(None)).values(stepped_back_at=by.at))
    if left.rowcount:
        _record("stepped_back", event, by=by)


def _own(by: Signature) -> int:
    if by.actor.cadre_id is None:
        raise NotAllowed("activities.cadres_only")
    return by.actor.cadre_id


def _open_event(event_id: int, *, by: Signature) -> Event:
    """Lock the event; refuse if it has begun, or is not published."""
    event = lock_event(event_id, actor=by.actor)
    if not is_free_to_choose(event.status, event.starts_at, by.at):
        raise RuleBroken("agenda.begun" if event.status == "published" else "agenda.not_published")
    return event


def _record(what: str, event: Event, *, by: Signature) -> None:
    audit.record(
        by=by,
        act=f"event.{what}",
        subject=audit.Subject("event", event.id, event.branch_id),
        details={"cadre_id": by.actor.cadre_id},
    )
