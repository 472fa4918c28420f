"""Deciding on a report: a conditional update, so that of several at once one wins and the others are told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from portal import audit
from portal.activities.models import Activity
from portal.activities.queries.reports import get_activity
from portal.activities.services.reward import lock_cadres, reward
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Actor
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.names import clean_text
from portal.domain.people import check_not_own_report
from portal.domain.reviewing import REASONS
from portal.domain.states import ACTIVITY
from portal.points.services.posting import reverse_entry
from portal.signups.services.report import hold_for_activity

DECIDERS = frozenset({"supervisor"})
_ACTS = {"approve": "approved", "return": "returned", "reject": "rejected", "withdraw": "withdrawn"}


@dataclass(frozen=True)
class Decision:
    """The status of a report after a decision; `points` is what it earned (0: the day's slots were taken)."""

    activity_id: int
    status: str
    points: int = 0
    already: bool = False


def get_decidable(activity_id: int, *, actor: Actor) -> Activity:
    """Return a report in scope that this person may decide on: nobody decides on their own report (rules.md 2)."""
    if actor.role not in DECIDERS:
        raise NotAllowed("activities.supervisors_only")
    activity = get_activity(activity_id, actor=actor)
    check_not_own_report(decider=actor.user_id, reporter=activity.submitted_by)
    owner = db.session.scalar(select(Cadre.user_id).where(Cadre.id == activity.cadre_id))
    if owner is not None:
        check_not_own_report(decider=actor.user_id, reporter=owner)
    return activity


def approve_activity(
    *,
    activity_id: int,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Decision:
    """Approve a report and post its points: the first three of a cadre's local date earn (rules.md 3.2).

    `version` is the one that was seen. If it is already approved, the earlier result is returned; if it was decided
    otherwise or has changed, RuleBroken is raised.
    """
    activity = get_decidable(activity_id, actor=actor)
    lock_cadres({activity.cadre_id})
    if not _move(activity, "approve", actor=actor, at=at, version=version):
        return _earlier(activity_id, wanted="approved", version=version)
    points = reward([activity], actor=actor, at=at)[activity.id]
    record_decision(activity, "approve", actor=actor, at=at, version=version, details={"points": points})
    return Decision(activity.id, "approved", points)


def _move(
    activity: Activity,
    act: str,
    *,
    actor: Actor,
    at: datetime,
    version: int | None,
    code: str | None = None,
    reason: str | None = None,
) -> bool:
    """Change the status if it still allows the act and the version is the one that was seen."""
    before = next(state for state, possible in ACTIVITY if possible == act)
    query = update(Activity).where(Activity.id == activity.id, Activity.status == before)
    if version is not None:
        query = query.where(Activity.version == version)
    changed = change(
        query.values(
            status=ACTIVITY[before, act],
            decided_at=at,
            decided_by=actor.user_id,
            reason_code=code,
            reason=reason,
        ).returning(Activity.id)
    ).scalar_one_or_none()
    return changed is not None


def _earlier(activity_id: int, *, wanted: str, version: int | None) -> Decision:
    """Return the earlier result if it is the wanted one; otherwise raise what became of the report."""
    now = get_activity(activity_id)
    if now.status == wanted and version in {None, now.version}:
        return Decision(activity_id, now.status, now.points_given or 0, already=True)
    if now.status == "submitted":
        raise RuleBroken("activities.changed")
    raise RuleBroken(f"activities.already_{now.status}")


def record_decision(
    activity: Activity,
    act: str,
    *,
    actor: Actor,
    at: datetime,
    version: int | None,
    reason: str | None = None,
    details: dict[str, object] | None = None,
) -> None:
    """Write a decision into the audit trail."""
    audit.record(
        actor=actor,
        act=f"activity.{_ACTS[act]}",
        subject=("activity", activity.id),
        at=at,
        branch_id=activity.branch_id,
        reason=reason,
        version_seen=version if version is not None else activity.version,
        details=details,
    )


def _decline(
    act: str,
    *,
    activity_id: int,
    code: str,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None,
) -> Decision:
    """Return, reject or withdraw with a reason code and its sentence; hold the matches of its sign-ups."""
    if code not in REASONS[act]:
        raise RuleBroken("activities.reason_code")
    why = clean_text(reason, limit=1000, lines=True)
    if len(why) < 3:
        raise RuleBroken("activities.reason_missing")
    activity = get_decidable(activity_id, actor=actor)
    lock_cadres({activity.cadre_id})
    status = "returned" if act == "return" else "rejected"
    if not _move(activity, act, actor=actor, at=at, version=version, code=code, reason=why):
        return _earlier(activity_id, wanted=status, version=version)
    hold_for_activity(activity_ref=activity.ref, held=True, reason=f"activity_{status}", actor=actor, at=at)
    record_decision(activity, act, actor=actor, at=at, version=version, reason=why, details={"code": code})
    return Decision(activity_id, status)


def return_activity(
    *,
    activity_id: int,
    code: str,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Decision:
    """Send a report back for correction, with a reason code and what to do."""
    return _decline(
        "return", activity_id=activity_id, code=code, reason=reason, actor=actor, at=at, version=version
    )


def reject_activity(
    *,
    activity_id: int,
    code: str,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Decision:
    """Reject a report for good, with a reason code."""
    return _decline(
        "reject", activity_id=activity_id, code=code, reason=reason, actor=actor, at=at, version=version
    )


def withdraw_activity(
    *,
    activity_id: int,
    code: str,
    reason: str,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> Decision:
    """Withdraw an approval: its points are reversed, but its slot of the day stays taken (rules.md 3.2)."""
    decision = _decline(
        "withdraw", activity_id=activity_id, code=code, reason=reason, actor=actor, at=at, version=version
    )
    if not decision.already:
        ref = get_activity(activity_id).ref
        reverse_entry(source=f"activity:{ref}", kind="activity", actor=actor, at=at)
    return decision
