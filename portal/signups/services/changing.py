"""Changing sign-ups in bulk: each change with its audit event and a new version.

Reporting and imports write their own changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, select

from portal import audit
from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.domain.actors import Actor, Signature
from portal.domain.errors import RuleBroken
from portal.domain.names import check_reason
from portal.signups.models import SignUp
from portal.signups.queries import get_signup

SIGNUPS = cast("Table", SignUp.__table__)


class Change(NamedTuple):
    """New values of a sign-up; `version` is the one that was seen. Without an act nothing is audited."""

    signup_id: int
    version: int
    branch_id: int | None
    act: str | None
    reason: str | None = None
    values: Mapping[str, Any] = {}


def apply_changes(changes: Sequence[Change], *, by: Signature) -> None:
    """Store the changes of sign-ups that this transaction has locked, in the order of their ids, and audit them."""
    store_changes(changes)
    record_changes(changes, by=by)
    db.session.expire_all()


def store_changes(changes: Sequence[Change]) -> None:
    """Store the changes without their events: the caller records those, in an order of its own."""
    groups: defaultdict[tuple[str, ...], list[Change]] = defaultdict(list)
    for change in sorted(changes, key=lambda one: one.signup_id):
        groups[tuple(sorted(change.values))].append(change)
    for names, group in sorted(groups.items()):
        rows = [(one.signup_id, *map(one.values.__getitem__, names), one.version + 1) for one in group]
        bulk.update_many(SIGNUPS, [*names, "version"], rows)


def record_changes(changes: Iterable[Change], *, by: Signature) -> None:
    """Write the audit events of many changes."""
    who = (by.at, by.actor.user_id, by.actor.role)
    audit.record_many(
        [
            audit.Event(*who, one.act, "signup", str(one.signup_id), one.branch_id, one.reason, one.version)
            for one in changes
            if one.act is not None
        ],
    )


def lock_signup(signup_id: int, *, actor: Actor, version: int | None = None) -> SignUp:
    """Lock a sign-up for a person's decision: in scope, in the version they saw, not their own report.

    All claims of its NIK are locked, in order: two people who decide on rivals at once do so one after the other.
    """
    nik_hash = get_signup(signup_id, actor=actor).nik_hash
    db.session.execute(
        select(SignUp.id).where(SignUp.nik_hash == nik_hash).order_by(SignUp.id).with_for_update()
    ).all()
    query = select(SignUp).where(SignUp.id == signup_id)
    signup = db.session.execute(query, execution_options={"populate_existing": True}).scalar_one()
    if version is not None and signup.version != version:
        raise RuleBroken("signups.changed_meanwhile")
    if _reported_by(signup, actor):
        raise RuleBroken("signups.own_report")
    return signup


def lock_to_decide(
    signup_id: int, *, reason: str, actor: Actor, version: int | None = None
) -> tuple[SignUp, str]:
    """Lock a sign-up as lock_signup() does; return it with the decision's reason, which none may lack."""
    why = check_reason(reason, "signups.reason_missing")
    return lock_signup(signup_id, actor=actor, version=version), why


def _reported_by(signup: SignUp, actor: Actor) -> bool:
    """Tell whether the actor reported it, and so may not decide on it (rules.md 2). Imports are nobody's report."""
    if actor.role == "operator":
        return False
    cadre = db.session.get(Cadre, signup.cadre_id)
    return signup.created_by == actor.user_id or (cadre is not None and cadre.user_id == actor.user_id)


def change_of(signup: SignUp, act: str | None, *, reason: str | None = None, **values: Any) -> Change:
    """Make the change of a locked sign-up."""
    cadre = db.session.get(Cadre, signup.cadre_id)
    return Change(signup.id, signup.version, cadre.branch_id if cadre else None, act, reason, values)
