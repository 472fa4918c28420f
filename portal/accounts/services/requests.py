"""Accounts of finance and admin take two admins: one asks, another confirms (rules.md 8.5).

The one who confirms sees the first password or the code and hands it over. For 30 days neither of them counts as a
second person to the account.
"""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import audit, vault
from portal.accounts.models import AccountRequest, User
from portal.accounts.queries.requests import get_request
from portal.accounts.queries.second_person import require_two_persons
from portal.accounts.queries.users import get_user
from portal.accounts.services.signing_in import reset_user
from portal.accounts.services.users import (
    NewPerson,
    RoleAssignment,
    add_user,
    assign_role,
    check_assignment,
    check_free,
    check_new_assignment,
    get_changeable,
    identifiers_of,
)
from portal.database.extensions import db
from portal.database.guarded import change_one
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.names import check_reason
from portal.domain.second_person import needs_second_admin


@dataclass(frozen=True)
class Confirmation:
    """The result of a confirmation: the account, and the first password or the code, shown once."""

    kind: str
    user_id: int
    name: str
    secret: str


@dataclass(frozen=True)
class Done:
    """What one admin did alone: the account, and its first password or code, shown once."""

    user: User
    secret: str = ""


def add_or_ask(
    *, person: NewPerson, assignment: RoleAssignment, by: Signature, password: str | None = None
) -> Done | AccountRequest:
    """Add an account, or ask for it where that takes two admins; a given password is for doing it alone."""
    if needs_second_admin(assignment.role, actor_role=by.actor.role):
        return ask_account(person=person, assignment=assignment, by=by)
    return Done(*add_user(person=person, assignment=assignment, by=by, password=password))


def assign_or_ask(
    *, user_id: int, assignment: RoleAssignment, by: Signature, version_seen: int | None = None
) -> Done | AccountRequest:
    """Give a user another role or scope, or ask for it where that takes two admins."""
    if needs_second_admin(assignment.role, actor_role=by.actor.role):
        return ask_role(user_id=user_id, assignment=assignment, by=by, version_seen=version_seen)
    return Done(assign_role(user_id=user_id, assignment=assignment, by=by, version_seen=version_seen))


def reset_or_ask(*, user_id: int, by: Signature) -> Done | AccountRequest:
    """Make a code with which a person sets a new password, or ask for it where that takes two admins."""
    user = get_user(user_id, actor=by.actor)
    if needs_second_admin(user.role, actor_role=by.actor.role):
        return ask_reset(user_id=user_id, by=by)
    return Done(user, reset_user(user_id=user_id, by=by))


def ask_account(*, person: NewPerson, assignment: RoleAssignment, by: Signature) -> AccountRequest:
    """Ask for a new account; a second admin creates it by confirming."""
    assignment = check_assignment(assignment, by.actor)
    address, number = identifiers_of(person)
    check_free(email=address, phone_hash=vault.fingerprint("phone", number) if number else None)
    asked = select(AccountRequest.id).where(
        AccountRequest.status == "open", AccountRequest.kind == "add", AccountRequest.email == address
    )
    if address is not None and db.session.scalar(asked) is not None:
        raise RuleBroken("people.already_asked")
    new = AccountRequest(
        kind="add",
        name=" ".join(person.name.split()),
        email=address,
        phone_sealed=vault.seal(number) if number else None,
        role=assignment.role,
        scope=assignment.scope,
        branch_id=assignment.branch_id,
        regional_office_id=assignment.regional_office_id,
    )
    return _ask(new, by=by)


def ask_role(
    *, user_id: int, assignment: RoleAssignment, by: Signature, version_seen: int | None = None
) -> AccountRequest:
    """Ask to raise an account to finance or admin, or to change the scope of such an account."""
    user = get_changeable(user_id, by.actor)
    assignment = check_new_assignment(user, assignment, by.actor)
    if version_seen is not None and version_seen != user.version:
        raise RuleBroken("people.changed_meanwhile")
    return _ask(_about(user, "role", assignment), by=by)


def ask_reset(*, user_id: int, by: Signature) -> AccountRequest:
    """Ask for a one-time code with which the owner of a finance or admin account sets a new password."""
    user = get_user(user_id, actor=by.actor)
    if not user.is_active:
        raise RuleBroken("people.user_disabled")
    assignment = RoleAssignment(user.role, user.scope, user.branch_id, user.regional_office_id)
    return _ask(_about(user, "reset", assignment), by=by)


def _about(user: User, kind: str, assignment: RoleAssignment) -> AccountRequest:
    return AccountRequest(
        kind=kind,
        user_id=user.id,
        name=user.name,
        role=assignment.role,
        scope=assignment.scope,
        branch_id=assignment.branch_id,
        regional_office_id=assignment.regional_office_id,
        account_version=user.version,
    )


def _ask(new: AccountRequest, *, by: Signature) -> AccountRequest:
    """Store a request; the database allows one open request of a kind per account."""
    new.status, new.asked_by, new.asked_at = "open", by.actor.user_id, by.at
    db.session.add(new)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        raise RuleBroken("people.already_asked") from None
    _record(new, f"user.{new.kind}_asked", by=by)
    return new


def confirm_request(*, request_id: int, by: Signature) -> Confirmation:
    """Do what another admin asked for; if two confirm at once, one does it and the other is told so."""
    found = get_request(request_id, actor=by.actor)
    require_two_persons(first=found.asked_by, second=by.actor.user_id, at=by.at)
    if found.user_id == by.actor.user_id:
        raise NotAllowed("people.not_yourself")
    asker = db.session.get_one(User, found.asked_by)
    if not asker.is_active or asker.role != "admin":
        raise RuleBroken("people.asker_gone")
    _decide(found, "confirmed", by=by)
    if found.user_id is not None and get_user(found.user_id).version != found.account_version:
        raise RuleBroken("people.changed_meanwhile")
    _record(found, f"user.{found.kind}_confirmed", by=by)
    assignment = RoleAssignment(found.role, found.scope, found.branch_id, found.regional_office_id)
    if found.kind == "add":
        phone = vault.unseal(found.phone_sealed) if found.phone_sealed else None
        person = NewPerson(found.name, found.email, phone)
        user, secret = add_user(person=person, assignment=assignment, by=by, asked_by=found.asked_by)
        found.user_id = user.id
    elif found.kind == "role":
        assign_role(
            user_id=found.user_id or 0, assignment=assignment, by=by, version_seen=found.account_version,
            asked_by=found.asked_by,
        )  # fmt: skip
        secret = ""
    else:
        secret = reset_user(user_id=found.user_id or 0, by=by, asked_by=found.asked_by)
    db.session.flush()
    return Confirmation(found.kind, found.user_id or 0, found.name, secret)


def refuse_request(*, request_id: int, reason: str, by: Signature) -> AccountRequest:
    """Refuse another admin's request, or take back one's own."""
    found = get_request(request_id, actor=by.actor)
    text = check_reason(reason, "people.reason_needed")
    _decide(found, "refused", by=by, reason=text)
    _record(found, f"user.{found.kind}_refused", by=by, reason=text)
    return found


def _decide(found: AccountRequest, status: str, *, by: Signature, reason: str | None = None) -> None:
    """Close an open request; whoever comes second finds it decided."""
    change_one(
        update(AccountRequest)
        .where(AccountRequest.id == found.id, AccountRequest.status == "open")
        .values(status=status, decided_by=by.actor.user_id, decided_at=by.at, reason=reason),
        otherwise=RuleBroken("people.request_decided"),
    )
    db.session.refresh(found)


def _record(found: AccountRequest, act: str, *, by: Signature, reason: str | None = None) -> None:
    """Record the decision in the audit trail, about the account if there is one: its owner is told."""
    kind, key = ("account_request", found.id) if found.user_id is None else ("user", found.user_id)
    audit.record(
        by=by,
        act=act,
        subject=audit.Subject(kind, key, found.branch_id),
        reason=reason,
        version_seen=found.account_version,
        details={"request": found.id, "role": found.role, "scope": found.scope, "asked_by": found.asked_by},
    )
