"""Deciding on reports: a conditional update, so that of several at once one wins and the others are told.

Decisions are set-based. A single one is a batch of one whose refusal is an error; in a batch each report succeeds
or fails by itself, and those not decided are listed with the reason.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, and_, or_, true, update

from portal import audit
from portal.activities.models import Activity
from portal.activities.queries.flags import is_flagged
from portal.activities.queries.reports import list_decidable
from portal.activities.services.reward import lock_cadres, reward
from portal.database import bulk
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.names import check_reason
from portal.domain.points import activity_source
from portal.domain.reviewing import REASONS
from portal.domain.states import ACTIVITY
from portal.points.services.posting import reverse_entry
from portal.signups.services.report import hold_for_activity

DECIDERS: Final = frozenset({"supervisor"})
MAX_BATCH: Final = 100
_RECORDED: Final = {
    "approve": "approved",
    "return": "returned",
    "reject": "rejected",
    "withdraw": "withdrawn",
}
_ERRORS: Final = {"activities.no_such": NotFound, "decision.own_report": NotAllowed}


@dataclass(frozen=True)
class Decision:
    """The result for one report.

    `status` is its present status, `points` what it earned (0: the day's slots were taken), `already` that it had
    been decided the same way before. `code` says why it was not decided, and is empty if it was.
    """

    activity_id: int
    status: str = ""
    points: int = 0
    already: bool = False
    code: str = ""


@dataclass(frozen=True)
class _Act:
    """One act on reports: its name in the table of states, who does it and when, and the reason."""

    name: str
    by: Signature
    code: str | None = None
    reason: str | None = None
    clean_only: bool = False

    @property
    def before(self) -> str:
        """Return the status that the act starts from."""
        return next(state for state, possible in ACTIVITY if possible == self.name)

    @property
    def after(self) -> str:
        """Return the status that it leads to."""
        return ACTIVITY[self.before, self.name]


def approve_activity(*, activity_id: int, by: Signature, version: int | None = None) -> Decision:
    """Approve a report and post its points: the first three of a cadre's local date earn (rules.md 3.2).

    `version` is the one that was seen. Approved already: the earlier result. Decided otherwise or changed
    since: RuleBroken.
    """
    return _decide_one(_Act("approve", by), activity_id, version)


def approve_activities(*, picked: Sequence[tuple[int, int]], by: Signature) -> list[Decision]:
    """Approve the unflagged ones of (id, version seen); the others are listed with the reason.

    The same batch again approves nothing twice and gives the earlier results.
    """
    return _decide(_Act("approve", by, clean_only=True), dict(picked))


def approve_reports(*, activity_ids: Sequence[int], by: Signature) -> list[Decision]:
    """Approve reports of an event that a person closes, flagged or not; those not approved are listed."""
    ids, step = sorted(activity_ids), MAX_BATCH
    parts = [ids[at : at + step] for at in range(0, len(ids), step)]
    return [one for part in parts for one in _decide(_Act("approve", by), dict.fromkeys(part))]


def return_activity(
    *, activity_id: int, code: str, reason: str, by: Signature, version: int | None = None
) -> Decision:
    """Send a report back for correction, with a coded reason and what to do."""
    return _decline("return", activity_id, version, code=code, reason=reason, by=by)


def reject_activity(
    *, activity_id: int, code: str, reason: str, by: Signature, version: int | None = None
) -> Decision:
    """Reject a report for good, with a coded reason."""
    return _decline("reject", activity_id, version, code=code, reason=reason, by=by)


def withdraw_activity(
    *, activity_id: int, code: str, reason: str, by: Signature, version: int | None = None
) -> Decision:
    """Take an approval back: its points are reversed, its slot of the day stays taken (rules.md 3.2)."""
    return _decline("withdraw", activity_id, version, code=code, reason=reason, by=by)


def _decline(
    name: str, activity_id: int, version: int | None, *, code: str, reason: str, by: Signature
) -> Decision:
    """Return, reject or withdraw with a reason code and its sentence."""
    if code not in REASONS[name]:
        raise RuleBroken("activities.reason_code")
    why = check_reason(reason, "activities.reason_missing", limit=1000, lines=True)
    return _decide_one(_Act(name, by, code=code, reason=why), activity_id, version)


def _decide_one(act: _Act, activity_id: int, version: int | None) -> Decision:
    """Decide on one report; what a batch would list is raised here."""
    (decision,) = _decide(act, {activity_id: version})
    if decision.code:
        raise _ERRORS.get(decision.code, RuleBroken)(decision.code)
    return decision


def _decide(act: _Act, versions: Mapping[int, int | None]) -> list[Decision]:
    """Decide on reports, given by id with the version that was seen (None: any version)."""
    if act.by.actor.role not in DECIDERS:
        raise NotAllowed("activities.supervisors_only")
    if len(versions) > MAX_BATCH:
        raise RuleBroken("activities.batch_too_long", {"most": MAX_BATCH})
    found = {row.id: row for row in list_decidable(versions, actor=act.by.actor)}
    refused = {key: code for key in versions if (code := _obstacle(act, found.get(key)))}
    free = {key: found[key] for key in sorted(versions) if key not in refused}
    lock_cadres({report.cadre_id for report in free.values()})
    moved = _move(act, {key: versions[key] for key in free})
    points = _carry_out(act, [free[key] for key in sorted(moved)], versions)
    others = set(free) - moved
    late = {row.id: row for row in list_decidable(others, actor=act.by.actor)} if others else {}
    return [
        Decision(key, act.after, points[key])
        if key in points
        else _earlier(act, late[key], versions[key])
        if key in late
        else Decision(key, code=refused.get(key, "activities.no_such"))
        for key in versions
    ]


def _obstacle(act: _Act, report: Row[Any] | None) -> str:
    """Say why this person may not do this to a report; empty if they may (rules.md 2: nobody decides on their own)."""
    if report is None:
        return "activities.no_such"
    if act.by.actor.user_id in {report.submitted_by, report.owner}:
        return "decision.own_report"
    if act.clean_only and report.flagged and report.status == act.before:
        return "activities.flagged_singly"
    return ""


def _move(act: _Act, versions: Mapping[int, int | None]) -> set[int]:
    """Change the reports that are still as they were seen, and return their ids.

    Flags are checked once more here: a report may have become disputed since it was looked at.
    """
    if not versions:
        return set()
    by_version: defaultdict[int | None, list[int]] = defaultdict(list)
    for key, version in versions.items():
        by_version[version].append(key)
    as_seen = or_(
        *(
            and_(bulk.one_of(Activity.id, keys), true() if version is None else Activity.version == version)
            for version, keys in by_version.items()
        )
    )
    moving = update(Activity).where(Activity.status == act.before, as_seen)
    if act.clean_only:
        moving = moving.where(~is_flagged())
    moving = moving.values(
        status=act.after,
        decided_at=act.by.at,
        decided_by=act.by.actor.user_id,
        reason_code=act.code,
        reason=act.reason,
    )
    return set(change(moving.returning(Activity.id)).scalars())


def _carry_out(act: _Act, reports: Sequence[Row[Any]], versions: Mapping[int, int | None]) -> dict[int, int]:
    """Carry out and record what follows from a decision; return the points of each report.

    An approval earns points. Any other decision holds the matches of the report's sign-ups; a withdrawn approval's
    points are reversed.
    """
    points = dict.fromkeys((report.id for report in reports), 0)
    if act.name == "approve" and reports:
        points = reward(reports, by=act.by)
    for report in reports if act.name != "approve" else ():
        hold_for_activity(activity_ref=report.ref, held=True, reason=f"activity_{act.after}", by=act.by)
        if act.name == "withdraw":
            reverse_entry(source=activity_source(report.ref), kind="activity", by=act.by)
    audit.record_many([_event(act, report, versions[report.id], points[report.id]) for report in reports])
    return points


def _event(act: _Act, report: Row[Any], seen: int | None, points: int) -> audit.Event:
    """Say what was done to a report."""
    return audit.Event(
        at=act.by.at,
        actor_id=act.by.actor.user_id,
        actor_role=act.by.actor.role,
        act=f"activity.{_RECORDED[act.name]}",
        subject_kind="activity",
        subject_id=str(report.id),
        branch_id=report.branch_id,
        reason=act.reason,
        version_seen=report.version if seen is None else seen,
        details={"points": points} if act.name == "approve" else {"code": act.code},
    )


def _earlier(act: _Act, report: Row[Any], version: int | None) -> Decision:
    """Return what became of a report that was not as it was seen: decided the same way, otherwise, or changed."""
    seen = version in {None, report.version}
    if report.status == act.after and seen:
        return Decision(report.id, report.status, report.points_given or 0, already=True)
    if report.status == "submitted":
        flagged = act.clean_only and seen
        return Decision(report.id, code="activities.flagged_singly" if flagged else "activities.changed")
    return Decision(report.id, code=f"activities.already_{report.status}")
