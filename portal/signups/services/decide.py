"""Deciding on sign-ups: matched, validated, rejected, withdrawn, expired (rules.md 2 and 5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Table, select, update

from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.claims import state_after_dispute
from portal.domain.errors import RuleBroken
from portal.domain.months import month_of
from portal.domain.points import RETENTION_MONTHS, fraud_points, retention_kind, signup_points, signup_source
from portal.domain.states import WITHDRAWAL_REASONS, check_transition
from portal.points.queries import last_closed_month, rules_by_day, rules_on
from portal.points.services.months import lock_oldest_open_month, mark_all_late
from portal.points.services.posting import NewEntry, post_entries, post_entry, reverse_entry
from portal.signups.models import SignUp
from portal.signups.services.changing import (
    Change,
    apply_changes,
    change_of,
    lock_signup,
    lock_to_decide,
    record_changes,
)
from portal.signups.services.disputes import leave_disputes


def validate_signups(chosen: Table, *, by: Signature) -> None:
    """Validate matched sign-ups: the earned date is fixed, and new participants earn the pack's points.

    `chosen` lists sign-ups that this transaction has locked: id, version, branch_id, ref, cadre_id, outcome, and what
    their validation fixes: pack, earned_on, earned_month. A closed month in which one was earned is computed again at
    the next close.
    """
    check_transition("signup", "matched", "validate")
    s, c = SignUp, chosen.c
    values = {"status": "validated", "validated_at": by.at, "validated_by": by.actor.user_id}
    fixed = {"pack": c.pack, "earned_on": c.earned_on, "earned_month": c.earned_month}
    change(update(s).where(s.id == c.id).values(**values, **fixed, version=c.version + 1))
    names = ("id", "version", "branch_id", "ref", "cadre_id", "outcome", "pack", "earned_on")
    rows = bulk.plain_rows(select(*(c[name] for name in names)).order_by(c.id)).all()
    record_changes((Change(row.id, row.version, row.branch_id, "signup.validated") for row in rows), by=by)
    post_entries(_entries(rows), by=by)
    mark_closed({(row.cadre_id, month_of(row.earned_on)) for row in rows}, at=by.at)


def _entries(validated: Iterable[Row[Any]]) -> list[NewEntry]:
    """Make the ledger entries of new participants; a reactivation earns no sign-up points (rules.md 5.3)."""
    new = [one for one in validated if one.outcome == "new"]
    known = rules_by_day({one.earned_on for one in new}) if new else {}
    worth = {
        (day, pack): signup_points(known[day][1], pack) for day, pack in {(n.earned_on, n.pack) for n in new}
    }
    return [
        NewEntry(one.cadre_id, "signup", signup_source(one.ref), worth[day, one.pack], known[day][0], day)
        for one in new
        if (day := one.earned_on)
    ]


def mark_closed(pairs: set[tuple[int, str]], *, at: datetime) -> None:
    """Mark cadres' months that are closed for another computation (rules.md 6, late money).

    Locks the oldest open month: a close that runs at the same time is either waited for, so that the marks reach
    the next one, or waits itself.
    """
    if not pairs:
        return
    lock_oldest_open_month()
    last = last_closed_month()
    if last is not None:
        mark_all_late({pair for pair in pairs if pair[1] <= last}, at=at)


@dataclass(frozen=True, slots=True)
class HandMatch:
    """The participant that an officer says a sign-up is, the import that last brought them, and the outcome."""

    participant_id: int
    import_id: int | None
    outcome: str


def match_signup(
    *,
    signup_id: int,
    match: HandMatch,
    reason: str,
    by: Signature,
    version: int | None = None,
) -> None:
    """Record which participant an officer says this sign-up is; it becomes matched and is no longer held."""
    signup, why = lock_to_decide(signup_id, reason=reason, actor=by.actor, version=version)
    if signup.status != "matched":
        check_transition("signup", signup.status, "match")
    if signup.status == "disputed":
        raise RuleBroken("signups.dispute_first")
    values = {"status": "matched", "participant_id": match.participant_id, "match_tier": "hand"}
    values |= {"match_import_id": match.import_id, "outcome": match.outcome}
    held = {"held_reason": None, "held_by_person": False}
    change = change_of(signup, "signup.matched", reason=why, **values, **held)
    apply_changes([change], by=by)


def unmatch_signup(*, signup_id: int, reason: str, by: Signature, version: int | None = None) -> None:
    """Record a person's decision that the match is not this worker: no later extract matches it automatically."""
    signup, why = lock_to_decide(signup_id, reason=reason, actor=by.actor, version=version)
    check_transition("signup", signup.status, "unmatch")
    values: dict[str, Any] = {
        "status": "reported",
        "participant_id": None,
        "match_tier": None,
        "match_import_id": None,
    }
    values |= {"outcome": None, "held_reason": "match.person", "held_by_person": True}
    apply_changes([change_of(signup, "signup.unmatched", reason=why, **values)], by=by)


def reject_signup(
    *,
    signup_id: int,
    code: str,
    reason: str,
    by: Signature,
    version: int | None = None,
    decided: bool = False,
) -> None:
    """Reject an open sign-up with a reason that its cadre reads; a rival left alone leaves the dispute.

    `decided`: the rival's dispute is being decided by the caller, who sets the rival's status.
    """
    signup, why = lock_to_decide(signup_id, reason=reason, actor=by.actor, version=version)
    check_transition("signup", signup.status, "reject")
    values: dict[str, Any] = {
        "status": "rejected",
        "is_live": False,
        "reject_code": code,
        "reject_reason": why,
    }
    values["held_reason"] = None
    nik_hash = bytes(signup.nik_hash)
    apply_changes([change_of(signup, "signup.rejected", reason=why, **values)], by=by)
    if not decided:
        leave_disputes(nik_hashes=[nik_hash], by=by)


def withdraw_signup(
    *,
    signup_id: int,
    kind: str,
    reason: str,
    by: Signature,
    version: int | None = None,
    decided: bool = False,
) -> None:
    """Withdraw a validated sign-up: its points are reversed, and fraud costs a further fine (rules.md 3.2).

    The fine belongs to the sign-up: it has the same source, earned date and rule version's points. A rival left
    alone leaves the dispute, unless it is being `decided`.
    """
    if kind not in WITHDRAWAL_REASONS:
        raise RuleBroken("signups.withdrawal_kind", {"kind": kind})
    signup, why = lock_to_decide(signup_id, reason=reason, actor=by.actor, version=version)
    check_transition("signup", signup.status, "withdraw")
    values: dict[str, Any] = {
        "status": "rejected",
        "is_live": False,
        "withdrawn": kind,
        "withdrawn_at": by.at,
    }
    values |= {"reject_code": kind, "reject_reason": why, "held_reason": None}
    ref, cadre_id, earned_on = signup.ref, signup.cadre_id, signup.earned_on or signup.reported_on
    nik_hash = bytes(signup.nik_hash)
    apply_changes([change_of(signup, "signup.withdrawn", reason=why, **values)], by=by)
    source = signup_source(ref)
    for earned in ("signup", *map(retention_kind, RETENTION_MONTHS)):
        reverse_entry(source=source, kind=earned, by=by)
    if kind == "fraud":
        rule, rules = rules_on(earned_on)
        fine = NewEntry(cadre_id, "fraud", source, fraud_points(rules), rule, earned_on)
        post_entry(fine, by=by)
    mark_closed({(cadre_id, month_of(earned_on))}, at=by.at)
    if not decided:
        leave_disputes(nik_hashes=[nik_hash], by=by)


def release_signup(*, signup_id: int, beaten_on: date, reason: str, by: Signature) -> None:
    """End a dispute in favour of a sign-up: matched again if an extract confirms it, else reported.

    `beaten_on`: the earliest local date of the claims it won against; payments from 3 days before that date on do
    not make the worker an existing member, whenever it is matched.
    """
    signup = lock_signup(signup_id, actor=by.actor)
    values: dict[str, Any] = {"status": state_after_dispute(signup.participant_id, signup.outcome)}
    values |= {"held_reason": None, "beaten_on": min(beaten_on, signup.beaten_on or beaten_on)}
    apply_changes([change_of(signup, "signup.dispute_won", reason=reason, **values)], by=by)


def expire_signups(*, until: date, by: Signature) -> int:
    """Expire the sign-ups reported up to a day that no extract has confirmed; return how many.

    The caller, who applies the extract, refreshes liveness and lets rivals that are left alone leave their
    disputes.
    """
    rows = db.session.execute(
        select(SignUp.id, SignUp.version, Cadre.branch_id)
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .where(SignUp.status == "reported", SignUp.reported_on <= until)
        .order_by(SignUp.id)
        .with_for_update(of=SignUp),
    ).all()
    values = {"status": "expired", "is_live": False}
    changes = [Change(row.id, row.version, row.branch_id, "signup.expired", None, values) for row in rows]
    apply_changes(changes, by=by)
    return len(changes)
