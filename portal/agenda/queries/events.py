"""Events: one, those of a branch, those that a cadre may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import aliased
from sqlalchemy.sql.expression import ScalarSelect

from portal.agenda.models import Event, EventAttendance, EventSeat
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.organisation.models import Branch
from portal.organisation.queries import in_scope

PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class Listed:
    """An event in a list: how many have a seat, and whether a cadre is one of them, or was there."""

    event: Event
    branch: str
    zone: str
    taken: int
    mine: bool
    attended: bool

    @property
    def left(self) -> int:
        """Return how many seats are left."""
        return max(0, self.event.seats - self.taken)


def _taken() -> ScalarSelect[int]:
    seated = select(func.count()).where(EventSeat.event_id == Event.id, EventSeat.stepped_back_at.is_(None))
    return seated.correlate(Event).scalar_subquery()


def _listing(cadre_id: int | None) -> Select[Any]:
    """Begin a read of events with what a list says of each."""
    seated = exists().where(
        EventSeat.event_id == Event.id,
        EventSeat.cadre_id == (cadre_id or 0),
        EventSeat.stepped_back_at.is_(None),
    )
    was_there = exists().where(
        EventAttendance.event_id == Event.id, EventAttendance.cadre_id == (cadre_id or 0)
    )
    listed = select(
        Event,
        Branch.name,
        Branch.time_zone,
        _taken().label("taken"),
        seated.label("mine"),
        was_there.label("attended"),
    )
    return listed.join(Branch, Branch.id == Event.branch_id)


def _listed(row: Row[Any]) -> Listed:
    event, branch, zone, taken, mine, attended = row
    return Listed(event, branch, zone, taken, bool(mine), bool(attended))


def _fresh(event_id: int) -> Select[tuple[Event]]:
    return select(Event).where(Event.id == event_id).execution_options(populate_existing=True)


def get_event(event_id: int, *, actor: Actor) -> Event:
    """Return an event in an actor's scope; a cadre sees none that is only planned."""
    wanted = _fresh(event_id).where(in_scope(actor, Event.branch_id))
    if actor.role == "cadre":
        wanted = wanted.where(Event.published_at.is_not(None))
    event = db.session.scalars(wanted).one_or_none()
    if event is None:
        raise NotFound("agenda.no_such")
    return event


def lock_event(event_id: int, *, actor: Actor) -> Event:
    """Return an event as get_event() does, locked until the end of the transaction."""
    get_event(event_id, actor=actor)
    return db.session.scalars(_fresh(event_id).with_for_update()).one()


def find_event_by_ref(ref: str) -> Event | None:
    """Return the event that a form planned, or None."""
    return db.session.scalars(select(Event).where(Event.ref == ref)).one_or_none()


def get_listed(event_id: int, *, actor: Actor) -> Listed:
    """Return one event as lists show it."""
    event = get_event(event_id, actor=actor)
    return _listed(db.session.execute(_listing(actor.cadre_id).where(Event.id == event.id)).one())


def list_for_cadre(actor: Actor, *, since: datetime, until: datetime) -> list[Listed]:
    """List the published events of a cadre's branch that end within a span, by their beginning.

    Those that were cancelled or closed too, if the cadre took part.
    """
    offered = aliased(Event)
    # Found by an index each: the branch's events of that time, and those the cadre took part in.
    shown = union(
        select(offered.id).where(
            offered.branch_id == actor.branch_id, offered.status == "published", offered.starts_at < until
        ),
        select(EventSeat.event_id).where(
            EventSeat.cadre_id == actor.cadre_id, EventSeat.stepped_back_at.is_(None)
        ),
        select(EventAttendance.event_id).where(EventAttendance.cadre_id == actor.cadre_id),
    )
    during = and_(Event.published_at.is_not(None), Event.ends_at >= since, Event.starts_at < until)
    wanted = _listing(actor.cadre_id).where(Event.id.in_(shown), during)
    return [_listed(row) for row in db.session.execute(wanted.order_by(Event.starts_at, Event.id))]


def list_of_office(actor: Actor, tab: str, *, now: datetime, skip: int = 0) -> list[Listed]:
    """List the events in scope behind a tab: planned, published or past; one more than fits on a page."""
    wanted = _listing(None).where(in_scope(actor, Event.branch_id), _behind(tab, now))
    order = Event.starts_at.desc() if tab == "past" else Event.starts_at.asc()
    rows = db.session.execute(wanted.order_by(order, Event.id).offset(skip).limit(PAGE + 1))
    return [_listed(row) for row in rows]


def _behind(tab: str, now: datetime) -> Any:
    over = Event.ends_at < now
    return {
        "planned": Event.status == "planned",
        "published": and_(Event.status == "published", ~over),
        "to_close": and_(Event.status == "published", over),
        "past": Event.status.in_(("closed", "cancelled")),
    }[tab]


def count_by_tab(actor: Actor, *, now: datetime) -> dict[str, int]:
    """Count the events in scope behind each tab."""
    counts = [
        func.count().filter(_behind(tab, now)).label(tab)
        for tab in ("planned", "published", "to_close", "past")
    ]
    row = db.session.execute(select(*counts).where(in_scope(actor, Event.branch_id))).one()
    return dict(row._mapping)  # noqa: SLF001 - the documented way to a row's names


def list_branch_events(
    branch_id: int, cadre_id: int, *, since: datetime, until: datetime
) -> Sequence[Listed]:
    """List what a cadre's calendar holds: the branch's published events, and the cadre's own closed ones too.

    Cancelled ones stay in it, so that a phone takes them off its calendar.
    """
    seat = select(EventSeat.event_id).where(EventSeat.cadre_id == cadre_id)
    own = Event.id.in_(seat.where(EventSeat.stepped_back_at.is_(None)))
    shown = or_(
        and_(
            Event.branch_id == branch_id,
            Event.status.in_(("published", "cancelled")),
            Event.published_at.is_not(None),
        ),
        and_(own, Event.published_at.is_not(None)),
    )
    wanted = _listing(cadre_id).where(shown, Event.ends_at >= since, Event.starts_at < until)
    return [_listed(row) for row in db.session.execute(wanted.order_by(Event.starts_at, Event.id))]
