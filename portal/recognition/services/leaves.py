"""Leave: a cadre asks for days away, the branch decides; the weeks they touch are neutral (rules.md 11.2)."""

from datetime import date, timedelta

from sqlalchemy import select, update

from portal import audit
from portal.cadres.models import Cadre
from portal.cadres.queries.cadres import get_cadre
from portal.cadres.queries.terms import today_for
from portal.database.extensions import db
from portal.database.guarded import change_one
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import month_of
from portal.domain.names import check_reason
from portal.organisation.queries import parameter
from portal.recognition.models import Leave
from portal.recognition.queries.leaves import find_overlapping, get_leave
from portal.recognition.services.rounds import mark_cadres

MAY_DECIDE = frozenset({"supervisor", "admin"})


def ask_leave(*, first_day: date, last_day: date, reason: str, by: Signature) -> Leave:
    """Ask for leave on local days; asking for the same days again returns the leave that is there.

    At most 90 days (data), beginning at most 14 days (data) back; a leave that overlaps a live one is refused.
    """
    if by.actor.cadre_id is None:
        raise NotAllowed("activities.cadres_only")
    cadre = get_cadre(by.actor.cadre_id)
    text = check_reason(reason, "recognition.leave_reason", limit=300)
    _check_days(first_day, last_day, today=today_for(cadre.id, by.at))
    # Two that are asked for at once are looked at one after the other.
    db.session.execute(select(Cadre.id).where(Cadre.id == cadre.id).with_for_update(key_share=True))
    there = find_overlapping(cadre.id, first_day, last_day)
    if there is not None:
        if (there.first_day, there.last_day) == (first_day, last_day):
            return there
        raise RuleBroken("recognition.leave_overlaps", {"first": there.first_day, "last": there.last_day})
    leave = Leave(
        cadre_id=cadre.id, first_day=first_day, last_day=last_day, status="asked", reason=text, asked_at=by.at
    )
    db.session.add(leave)
    db.session.flush()
    _record("asked", leave, by=by)
    return leave


def _check_days(first_day: date, last_day: date, *, today: date) -> None:
    month = month_of(today)
    most, back = (int(parameter(name, month=month)) for name in ("leave_days", "leave_back_days"))
    if last_day < first_day:
        raise RuleBroken("recognition.leave_ends_first")
    if (last_day - first_day).days + 1 > most:
        raise RuleBroken("recognition.leave_too_long", {"days": most})
    if first_day < today - timedelta(days=back):
        raise RuleBroken("recognition.leave_too_late", {"days": back})


def decide_leave(*, leave_id: int, approve: bool, reason: str = "", by: Signature) -> Leave:
    """Approve or refuse a leave of the own branch; deciding the same again changes nothing. Refusing needs a reason."""
    leave = get_leave(leave_id, actor=by.actor)
    if by.actor.role not in MAY_DECIDE or get_cadre(leave.cadre_id).user_id == by.actor.user_id:
        raise NotAllowed("recognition.leave_not_yours")
    state = "approved" if approve else "refused"
    if leave.status == state:
        return leave
    refusal = None if approve else check_reason(reason, "recognition.reason_needed", limit=300)
    values = {"status": state, "decided_by": by.actor.user_id, "decided_at": by.at, "refusal": refusal}
    _change(leave, {"asked"}, values)
    _record(state, leave, by=by, reason=refusal)
    return leave


def withdraw_leave(*, leave_id: int, by: Signature) -> Leave:
    """Withdraw the own leave: one that is asked for, or an approved one that has not begun."""
    leave = get_leave(leave_id, actor=by.actor)
    if leave.cadre_id != by.actor.cadre_id:
        raise NotAllowed("recognition.leave_not_yours")
    if leave.status == "withdrawn":
        return leave
    begun = leave.first_day <= today_for(leave.cadre_id, by.at)
    _change(leave, {"asked"} if begun else {"asked", "approved"}, {"status": "withdrawn"})
    _record("withdrawn", leave, by=by)
    return leave


def _change(leave: Leave, before: set[str], values: dict[str, object]) -> None:
    """Change a leave that still stands as it must; what it makes neutral is counted again."""
    changing = update(Leave).where(Leave.id == leave.id, Leave.status.in_(before)).values(values)
    change_one(changing, otherwise=RuleBroken("recognition.leave_decided"))
    db.session.refresh(leave)
    mark_cadres(cadre_ids=[leave.cadre_id])


def _record(what: str, leave: Leave, *, by: Signature, reason: str | None = None) -> None:
    """Record what happened to a leave; its own reason is nobody's but the branch's."""
    cadre = get_cadre(leave.cadre_id)
    days = {"first_day": leave.first_day.isoformat(), "last_day": leave.last_day.isoformat()}
    subject = audit.Subject("cadre", cadre.id, cadre.branch_id)
    audit.record(by=by, act=f"leave.{what}", subject=subject, reason=reason, details=days)
