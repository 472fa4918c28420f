"""Deciding on a report: a conditional update, so that one of many at once wins and the others hear of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from portal import audit
from portal.activities.models import Activity
from portal.activities.queries import get_activity
from portal.activities.services.reward import lock_cadres, reward
from portal.domain.actors import Actor
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.names import clean_text
from portal.domain.people import check_not_own_report
from portal.domain.reviewing import REASONS
from portal.domain.states import ACTIVITY
from portal.extensions import db
from portal.people.models import Cadre
from portal.points.services import reverse_entry
from portal.signups.services import hold_for_activity

DECIDERS = frozenset({"supervisor"})
_ACTS = {"approve": "approved", "return": "returned", "reject": "rejected", "withdraw": "withdrawn"}


@dataclass(frozen=True)
class Decision:
    """How a report stands now; `points` is what it earned (0: three others of that day did)."""

    activity_id: int
    status: str
    points: int = 0
    already: bool = False


def get_decidable(activity_id: int, *, actor: Actor) -> Activity:
    """Return a report in scope that this person may decide on (rules.md 2: nobody on the own one)."""
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

    `version` is the one that was seen. Approved already: the earlier result. Decided otherwise or changed
    since: RuleBroken.
    """
    activity = get_decidable(activity_id, actor=actor)
    lock_cadres({activity.cadre_id})
    if not _move(activity, "approve", actor=actor, at=at, version=version):
        return _earlier(activity_id, wanted="approved", version=version)
    points = reward([activity], actor=actor, at=at)[activity.id]
    note(activity, "approve", actor=actor, at=at, version=version, details={"points": points})
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
    """Change the state if it is still the one that allows the act, and the version the one that was seen."""
    before = next(state for state, possible in ACTIVITY if possible == act)
    query = update(Activity).where(Activity.id == activity.id, Activity.status == before)
    if version is not None:
        query = query.where(Activity.version == version)
    changed = db.session.execute(
        query.values(
            status=ACTIVITY[before, act],
            decided_at=at,
            decided_by=actor.user_id,
            reason_code=code,
            reason=reason,
        ).returning(Activity.id),
        execution_options={"synchronize_session": False},
    ).scalar_one_or_none()
    return changed is not None


def _earlier(activity_id: int, *, wanted: str, version: int | None) -> Decision:
    """Return the earlier result if it is the wanted one, else say how the report stands."""
    now = get_activity(activity_id)
    if now.status == wanted and version in {None, now.version}:
        return Decision(activity_id, now.status, now.points_given or 0, already=True)
    if now.status == "submitted":
        raise RuleBroken("activities.changed")
    raise RuleBroken(f"activities.already_{now.status}")


def note(
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
    """Return, reject or withdraw with a coded reason and its sentence; hold the matches of its sign-ups."""
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
    note(activity, act, actor=actor, at=at, version=version, reason=why, details={"code": code})
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
    """Send a report back for correction, with a coded reason and what to do."""
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
    """Reject a report for good, with a coded reason."""
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
    """Take an approval back: its points are reversed, its slot of the day stays taken (rules.md 3.2)."""
    decision = _decline(
        "withdraw", activity_id=activity_id, code=code, reason=reason, actor=actor, at=at, version=version
    )
    if not decision.already:
        ref = get_activity(activity_id).ref
        reverse_entry(source=f"activity:{ref}", kind="activity", actor=actor, at=at)
    return decision
