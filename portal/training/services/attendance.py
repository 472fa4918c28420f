"""Attendance of sessions: by the code of the trainer's screen, or entered by the branch (rules.md 10.2)."""

from sqlalchemy import select

from portal import audit, vault
from portal.accounts.services.throttle import check_own_codes, count_own_wrong_code
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.names import check_reason
from portal.domain.training import code_holds
from portal.training.models import Attendance, TrainingCohort, TrainingSession
from portal.training.queries.cohorts import get_session, lock_seat
from portal.training.services.certificates import certify_trained


def secret_of(session_id: int) -> bytes:
    """Return the secret of a session's codes: made from the portal's key, so that no table holds it."""
    return vault.fingerprint("attendance", f"training:{session_id}")


def attend(*, session_id: int, code: str, by: Signature) -> str:
    """Record one's own attendance by the screen's code; return what came of it.

    That is "recorded", "already", "excused" for who is away with leave (the branch decides), "wrong" for a wrong code.
    A wrong code is counted and raises nothing, so that the count is stored; too many of them raise TooManyTries.
    """
    cadre = db.session.get_one(Cadre, by.actor.cadre_id)
    session = _open_session(session_id, cadre, by)
    stored = db.session.get(Attendance, (session.id, cadre.id))
    if stored is not None:
        return "excused" if stored.how == "excused" else "already"
    check_own_codes(user_id=by.actor.user_id, at=by.at)
    if not code_holds(secret_of(session.id), code.strip(), by.at):
        count_own_wrong_code(user_id=by.actor.user_id, at=by.at)
        return "wrong"
    row = {"session_id": session.id, "cadre_id": cadre.id, "how": "code", "at": by.at}
    insert = insert_into(Attendance).values(row).on_conflict_do_nothing().returning(Attendance.session_id)
    if db.session.scalar(insert) is None:
        return "already"
    _record(cadre, session, "code", None, by)
    certify_trained(cadre_id=cadre.id, by=by)
    return "recorded"


def _open_session(session_id: int, cadre: Cadre, by: Signature) -> TrainingSession:
    """Return a session in which the cadre is seated, within its hours."""
    session = db.session.get(TrainingSession, session_id)
    if session is None or not lock_seat(session.cohort_id, cadre.id):
        raise NotFound("attendance.no_seat")
    if db.session.get_one(TrainingCohort, session.cohort_id).status != "open":
        raise RuleBroken("cohort.cancelled")
    if not session.starts_at <= by.at <= session.ends_at:
        raise RuleBroken("attendance.out_of_hours")
    return session


def enter_attendance(*, session_id: int, cadre_id: int, how: str, reason: str, by: Signature) -> None:
    """Enter that somebody attended, or was excused; once the session has begun, and never over an attendance."""
    session, cohort = get_session(session_id, actor=by.actor)
    cadre = db.session.get(Cadre, cadre_id)
    if cadre is None or not lock_seat(cohort.id, cadre_id):
        raise NotFound("attendance.no_seat")
    if cohort.status != "open":
        raise RuleBroken("cohort.cancelled")
    if how not in {"entered", "excused"}:
        raise RuleBroken("attendance.unknown")
    if by.at < session.starts_at and how == "entered":
        raise RuleBroken("attendance.too_early")
    _store_entered(session, cadre, how, check_reason(reason, "attendance.reason_needed", limit=300), by)
    certify_trained(cadre_id=cadre.id, by=by)


def _store_entered(session: TrainingSession, cadre: Cadre, how: str, reason: str, by: Signature) -> None:
    at = min(max(by.at, session.starts_at), session.ends_at) if how == "excused" else session.starts_at
    row = {"session_id": session.id, "cadre_id": cadre.id, "how": how, "at": at, "reason": reason}
    statement = insert_into(Attendance).values(row | {"entered_by": by.actor.user_id})
    given = {name: statement.excluded[name] for name in ("how", "at", "reason", "entered_by")}
    stored = statement.on_conflict_do_update(
        index_elements=["session_id", "cadre_id"], set_=given, where=Attendance.how == "excused"
    )
    if db.session.scalar(stored.returning(Attendance.session_id)) is None:
        raise RuleBroken("attendance.already")
    _record(cadre, session, how, reason, by)


def _record(cadre: Cadre, session: TrainingSession, how: str, reason: str | None, by: Signature) -> None:
    number = db.session.scalar(select(TrainingCohort.number).where(TrainingCohort.id == session.cohort_id))
    audit.record(
        by=by,
        act="attendance.entered" if reason else "attendance.attended",
        subject=audit.Subject("cadre", cadre.id, cadre.branch_id),
        reason=reason,
        details={"cohort": number, "session": session.number, "how": how},
    )
