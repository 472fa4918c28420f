"""Requests between admins about accounts, and what an account's owner is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, true
from sqlalchemy.orm import aliased

from portal.accounts.models import AccountRequest, User
from portal.accounts.queries.second_person import credential_acts_of, second_person_days
from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.organisation.models import Branch, RegionalOffice

DECIDED_SHOWN = 20
CHANGES_SHOWN = 10
# What the owner of an account is told. What they do themselves while signed in is not listed.
TOLD = (
    "user.role_assigned",
    "user.role_asked",
    "user.role_refused",
    "user.reset_asked",
    "user.reset_refused",
    "user.disabled",
    "user.enabled",
    "password.reset",
    "password.set",
)


@dataclass(frozen=True)
class AccountChange:
    """One thing that happened to an account: what, when, and who did it."""

    id: int
    act: str
    at: datetime
    by: str
    role: str


def _in_scope(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a request concerns the actor's scope."""
    if actor.scope == "nation":
        return true()
    branches = select(Branch.id).where(Branch.regional_office_id == actor.region_id)
    return or_(
        and_(AccountRequest.scope == "branch", AccountRequest.branch_id.in_(branches)),
        and_(AccountRequest.scope == "region", AccountRequest.regional_office_id == actor.region_id),
    )


def get_request(request_id: int, *, actor: Actor) -> AccountRequest:
    """Return a request in scope."""
    found = db.session.scalars(
        select(AccountRequest).where(AccountRequest.id == request_id, _in_scope(actor)),
    ).one_or_none()
    if found is None:
        raise NotFound("people.no_such_request")
    return found


def list_requests(
    actor: Actor, *, decided: bool = False
) -> Sequence[Row[tuple[AccountRequest, str, str, str]]]:
    """List open requests, oldest first, or the newest decided ones, with asker, decider and place."""
    asker, decider = aliased(User), aliased(User)
    listed = (
        select(
            AccountRequest,
            asker.name.label("asker"),
            decider.name.label("decider"),
            func.coalesce(Branch.name, RegionalOffice.name).label("place"),
        )
        .join(asker, asker.id == AccountRequest.asked_by)
        .outerjoin(decider, decider.id == AccountRequest.decided_by)
        .outerjoin(Branch, Branch.id == AccountRequest.branch_id)
        .outerjoin(RegionalOffice, RegionalOffice.id == AccountRequest.regional_office_id)
        .where(_in_scope(actor))
    )
    if decided:
        newest = listed.where(AccountRequest.status != "open").order_by(AccountRequest.decided_at.desc())
        return db.session.execute(newest.limit(DECIDED_SHOWN)).all()
    return db.session.execute(listed.where(AccountRequest.status == "open").order_by(AccountRequest.id)).all()


def count_open_requests(actor: Actor) -> int:
    """Count the open requests of other admins: those that wait for this one."""
    waiting = (AccountRequest.status == "open", AccountRequest.asked_by != actor.user_id)
    counted = select(func.count()).select_from(AccountRequest).where(*waiting, _in_scope(actor))
    return db.session.scalar(counted) or 0


def recent_credential_acts(user_id: int, *, at: datetime) -> list[tuple[str, datetime]]:
    """List who recently created an account or reset its password, for the admin who confirms a request."""
    since = at - timedelta(days=second_person_days(at))
    acts = credential_acts_of(user_id, since=since)
    names = dict(
        db.session.execute(select(User.id, User.name).where(User.id.in_([one.by for one in acts])))
        .tuples()
        .all()
    )
    return [(names[one.by], one.at) for one in acts]


def list_changes(user_id: int) -> list[AccountChange]:
    """List what happened to an account since its owner last acknowledged it, newest first."""
    by = aliased(User)
    seen = select(User.changes_seen).where(User.id == user_id).scalar_subquery()
    rows = db.session.execute(
        select(AuditEvent.id, AuditEvent.act, AuditEvent.at, by.name, AuditEvent.details)
        .join(by, by.id == AuditEvent.actor_id)
        .where(
            AuditEvent.subject_kind == "user",
            AuditEvent.subject_id == str(user_id),
            AuditEvent.act.in_(TOLD),
            AuditEvent.id > seen,
        )
        .order_by(AuditEvent.id.desc())
        .limit(CHANGES_SHOWN),
    )
    return [
        AccountChange(row.id, row.act, row.at, row.name, str((row.details or {}).get("role", "")))
        for row in rows
    ]
