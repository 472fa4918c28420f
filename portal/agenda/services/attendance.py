"""Attendance of an event: by the screen's code, or entered with a reason; as in training (rules.md 10.2)."""

from portal import audit, vault
from portal.accounts.services.throttle import check_own_codes, count_own_wrong_code
from portal.activities.queries.reports import get_activity
from portal.activities.services import attended
from portal.agenda.models import Event, EventAttendance
from portal.agenda.queries.events import lock_event
from portal.agenda.queries.people import find_attendance, find_report, has_seat
from portal.cadres.queries.cadres import get_cadre
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.agenda import day_of, is_on, may_enter
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.names import check_reason
from portal.domain.training import code_holds
from portal.organisation.queries import get_branch


def secret_of(event_id: int) -> bytes:
    """Return the secret of an event's codes: made from the portal's key, so that no table holds it."""
    return vault.fingerprint("attendance", f"event:{event_id}")


def attend(*, event_id: int, code: str, by: Signature) -> str:
    """Record one's own attendance by the screen's code; return "recorded", "already", or "wrong" for a wrong code.

    A wrong code is counted and raises nothing, so that the count is stored; too many of them raise TooManyTries.
    """
    cadre_id = by.actor.cadre_id
    if cadre_id is None:
        raise NotAllowed("activities.cadres_only")
    event = lock_event(event_id, actor=by.actor)
    if find_attendance(event.id, cadre_id) is not None:
        return "already"
    if not is_on(event.status, event.starts_at, event.ends_at, by.at):
        raise RuleBroken("agenda.not_on")
    if not has_seat(event.id, cadre_id):
        raise RuleBroken("agenda.no_seat")
    check_own_codes(user_id=by.actor.user_id, at=by.at)
    if not code_holds(secret_of(event.id), "".join(code.split()), by.at):
        count_own_wrong_code(user_id=by.actor.user_id, at=by.at)
        return "wrong"
    return "recorded" if _put(event, cadre_id, how="code", reason=None, by=by) else "already"


def enter_attendance(*, event_id: int, cadre_id: int, reason: str, by: Signature) -> bool:
    """Enter that a cadre of the branch was there, with a reason; tell whether that is new.

    A seat is not needed: whoever came without one has worked as well.
    """
    if by.actor.role not in {"supervisor", "admin"}:
        raise NotAllowed("agenda.office_only")
    event = lock_event(event_id, actor=by.actor)
    if not may_enter(event.status, event.starts_at, by.at):
        raise RuleBroken("agenda.not_enterable")
    cadre = get_cadre(cadre_id, actor=by.actor)
    if cadre.branch_id != event.branch_id and not has_seat(event.id, cadre.id):
        raise NotFound("people.no_such_cadre")
    why = check_reason(reason, "agenda.reason_missing", limit=300)
    if find_attendance(event.id, cadre.id) is not None:
        return False
    return _put(event, cadre.id, how="entered", reason=why, by=by)


def link_report(*, event_id: int, activity_id: int, by: Signature) -> None:
    """Say that a report of one's own was made at an event that one attended: it is the event's activity then."""
    cadre_id = by.actor.cadre_id or 0
    event = lock_event(event_id, actor=by.actor)
    if event.status != "published":
        raise RuleBroken("agenda.closed")
    if find_attendance(event.id, cadre_id) is None:
        raise RuleBroken("agenda.not_attended")
    if find_report(event.id, cadre_id) is not None:
        raise RuleBroken("agenda.report_linked")
    report = get_activity(activity_id, actor=by.actor)
    zone = get_branch(event.branch_id).time_zone
    said = (report.branch_id, report.held_on, report.type)
    if said != (event.branch_id, day_of(event.starts_at, zone), event.type):
        raise RuleBroken("agenda.report_differs")
    attended.link_report(activity_id=report.id, event_id=event.id, by=by)
    audit.record(
        by=by,
        act="event.report_linked",
        subject=audit.Subject("event", event.id, event.branch_id),
        details={"cadre_id": cadre_id, "activity": report.id},
    )


def _put(event: Event, cadre_id: int, *, how: str, reason: str | None, by: Signature) -> bool:
    row = {"event_id": event.id, "cadre_id": cadre_id, "how": how, "at": by.at, "reason": reason}
    row |= {"entered_by": by.actor.user_id if how == "entered" else None}
    insert = insert_into(EventAttendance).values(**row).on_conflict_do_nothing()
    if db.session.scalar(insert.returning(EventAttendance.__table__.c.cadre_id)) is None:
        return False
    audit.record(
        by=by,
        act="event.attended" if how == "code" else "event.attendance_entered",
        subject=audit.Subject("event", event.id, event.branch_id),
        reason=reason,
        details={"cadre_id": cadre_id},
    )
    return True
