"""Who takes part in an event: seats, attendance, and what closing it gives each cadre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, func, select

from portal.activities.models import Activity
from portal.agenda.models import Event, EventAttendance, EventSeat
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.reports import Standing, obstacle_to_submit


@dataclass(frozen=True, slots=True)
class Person:
    """A cadre with a seat at an event, or who attended it without one."""

    cadre_id: int
    code: str
    name: str
    seated: bool
    how: str | None
    at: datetime | None
    reason: str | None
    obstacle: str | None
    points: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What closing an event gives a cadre who attended: an activity, or an obstacle that says why not.

    `activity_id`, `status`: the report that names this event already; `also_reported`: another report of the same
    type and day, which may be of the same event.
    """

    cadre_id: int
    code: str
    name: str
    user_id: int | None
    activity_id: int | None
    status: str | None
    obstacle: str | None
    also_reported: bool


def count_taken(event_id: int) -> int:
    """Count the seats of an event that are taken."""
    seats = select(func.count()).where(EventSeat.event_id == event_id, EventSeat.stepped_back_at.is_(None))
    return db.session.scalar(seats) or 0


def count_attended(event_id: int) -> int:
    """Count the cadres who attended an event."""
    return db.session.scalar(select(func.count()).where(EventAttendance.event_id == event_id)) or 0


def has_seat(event_id: int, cadre_id: int) -> bool:
    """Tell whether a cadre has a seat at an event."""
    wanted = select(EventSeat.event_id).where(EventSeat.event_id == event_id, EventSeat.cadre_id == cadre_id)
    return db.session.scalar(wanted.where(EventSeat.stepped_back_at.is_(None))) is not None


def find_attendance(event_id: int, cadre_id: int) -> EventAttendance | None:
    """Return that a cadre attended an event, or None."""
    return db.session.get(EventAttendance, (event_id, cadre_id), populate_existing=True)


def list_people(event_id: int) -> list[Person]:
    """List who has a seat or attended, by name."""
    seat = and_(
        EventSeat.cadre_id == Cadre.id, EventSeat.event_id == event_id, EventSeat.stepped_back_at.is_(None)
    )
    was_there = and_(EventAttendance.cadre_id == Cadre.id, EventAttendance.event_id == event_id)
    held = and_(Activity.cadre_id == Cadre.id, Activity.event_id == event_id)
    wanted = select(
        Cadre.id, Cadre.code, Cadre.name, EventSeat.event_id.label("seat"), EventAttendance.how, EventAttendance.at,
        EventAttendance.reason, EventAttendance.obstacle, Activity.points_given,
    )  # fmt: skip
    wanted = wanted.outerjoin(EventSeat, seat).outerjoin(EventAttendance, was_there).outerjoin(Activity, held)
    wanted = wanted.where(EventSeat.event_id.is_not(None) | EventAttendance.event_id.is_not(None))
    return [
        Person(
            cadre_id=row.id,
            code=row.code,
            name=row.name,
            seated=row.seat is not None,
            how=row.how,
            at=row.at,
            reason=row.reason,
            obstacle=row.obstacle,
            points=row.points_given,
        )
        for row in db.session.execute(wanted.order_by(Cadre.name, Cadre.id))
    ]


def list_to_enter(event_id: int, branch_id: int) -> Sequence[Row[tuple[int, str, str]]]:
    """List the cadres of a branch who are not recorded as having attended, by name: number, name, code."""
    recorded = select(EventAttendance.cadre_id).where(EventAttendance.event_id == event_id)
    wanted = select(Cadre.id, Cadre.name, Cadre.code).where(Cadre.branch_id == branch_id)
    wanted = wanted.where(Cadre.status == "active", Cadre.id.not_in(recorded))
    return db.session.execute(wanted.order_by(Cadre.name, Cadre.id)).all()


def list_own_reports(cadre_id: int, held_on: date) -> Sequence[Activity]:
    """List a cadre's reports of a day that name no event and were not rejected."""
    wanted = select(Activity).where(Activity.cadre_id == cadre_id, Activity.held_on == held_on)
    wanted = wanted.where(Activity.event_id.is_(None), Activity.status != "rejected")
    return db.session.scalars(wanted.order_by(Activity.id)).all()


def find_report(event_id: int, cadre_id: int) -> Activity | None:
    """Return a cadre's activity of an event, if there is one."""
    wanted = select(Activity).where(Activity.event_id == event_id, Activity.cadre_id == cadre_id)
    return db.session.scalars(wanted).one_or_none()


def list_outcomes(event: Event, held_on: date) -> list[Outcome]:
    """List what closing an event now would give each cadre who attended, by name."""
    linked = and_(Activity.cadre_id == Cadre.id, Activity.event_id == event.id)
    wanted = select(
        Cadre.id, Cadre.code, Cadre.name, Cadre.user_id, Cadre.status, Cadre.certified_on, Cadre.submits_until,
        Activity.id.label("activity_id"), Activity.status.label("activity_status"),
    )  # fmt: skip
    wanted = wanted.join(EventAttendance, EventAttendance.cadre_id == Cadre.id).outerjoin(Activity, linked)
    wanted = wanted.where(EventAttendance.event_id == event.id)
    rows = db.session.execute(wanted.order_by(Cadre.name, Cadre.id)).all()
    reported = _also_reported({row.id for row in rows}, event.type, held_on)
    return [
        Outcome(
            cadre_id=row.id,
            code=row.code,
            name=row.name,
            user_id=row.user_id,
            activity_id=row.activity_id,
            status=row.activity_status,
            obstacle=_obstacle(row, held_on),
            also_reported=row.activity_id is None and row.id in reported,
        )
        for row in rows
    ]


def _also_reported(cadres: set[int], kind: str, held_on: date) -> set[int]:
    """Return those who reported the same kind of activity of that day themselves, without naming an event."""
    wanted = select(Activity.cadre_id).where(Activity.cadre_id.in_(cadres), Activity.held_on == held_on)
    wanted = wanted.where(Activity.type == kind, Activity.event_id.is_(None), Activity.status != "rejected")
    return set(db.session.scalars(wanted))


def _obstacle(row: Row[Any], held_on: date) -> str | None:
    """Say why a cadre gets no approved activity: what became of the linked report, else the right to submit.

    The certificate is that of the event's day, when the work was done; the state is that of now.
    """
    if row.activity_id is not None:
        waits = row.activity_status in {"returned", "rejected"}
        return f"report_{row.activity_status}" if waits else None
    if row.user_id is None:
        return "no_account"  # nobody who could have reported it
    return obstacle_to_submit(Standing(row.status, row.certified_on, row.submits_until), held_on)
