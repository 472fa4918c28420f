"""Accounts: adding one, changing role and scope, disabling, and a person's preferences."""

import secrets
from dataclasses import dataclass

from sqlalchemy import func, select, update

from portal import audit, vault
from portal.accounts.models import User
from portal.accounts.queries.users import get_user
from portal.accounts.services.password_strength import check_new_password
from portal.accounts.services.passwords import hash_password
from portal.accounts.services.sessions import close_sessions
from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.guarded import change_one
from portal.domain.actors import ROLES, SCOPES, Actor, Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.names import check_reason
from portal.domain.phones import normalise_phone
from portal.domain.second_person import needs_second_admin
from portal.organisation.models import Branch, RegionalOffice
from portal.organisation.queries import get_branch

LOCALES = ("id", "en")
THEMES = ("auto", "light", "dark")
_EASY_TO_TYPE = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class RoleAssignment:
    """A role, and where it holds: a branch, a regional office or the nation."""

    role: str
    scope: str
    branch_id: int | None = None
    regional_office_id: int | None = None


@dataclass(frozen=True)
class NewPerson:
    """Who a new account is for: a name, and what the person signs in with, an e-mail address or a phone number."""

    name: str
    email: str | None = None
    phone: str | None = None


def check_assignment(assignment: RoleAssignment, actor: Actor) -> RoleAssignment:
    """Return the assignment without fields its scope does not need; raise RuleBroken if one is missing."""
    if assignment.role not in ROLES or assignment.role == "operator" or assignment.scope not in SCOPES:
        raise RuleBroken("people.no_such_role", {"role": assignment.role})
    if assignment.role == "cadre" and assignment.scope != "branch":
        raise RuleBroken("people.cadre_in_branch")
    branch = assignment.branch_id if assignment.scope == "branch" else None
    office = assignment.regional_office_id if assignment.scope == "region" else None
    if assignment.scope == "branch" and (branch is None or db.session.get(Branch, branch) is None):
        raise RuleBroken("people.branch_needed")
    if assignment.scope == "region" and (office is None or db.session.get(RegionalOffice, office) is None):
        raise RuleBroken("people.office_needed")
    checked = RoleAssignment(assignment.role, assignment.scope, branch, office)
    _check_within_scope(checked, actor)
    return checked


def _check_within_scope(assignment: RoleAssignment, actor: Actor) -> None:
    """Raise if somebody would give a role beyond their own branch or region."""
    if assignment.branch_id is not None:
        get_branch(assignment.branch_id, actor=actor)
    elif actor.scope != "nation" and (assignment.scope, assignment.regional_office_id) != (
        actor.scope,
        actor.region_id,
    ):
        raise NotAllowed("people.beyond_scope")


def clean_email(email: str | None) -> str | None:
    """Return an e-mail address in its stored form; raise RuleBroken("people.bad_email") for anything else."""
    text = (email or "").strip().casefold()
    if not text:
        return None
    local, _, domain = text.partition("@")
    bad = not local or "." not in domain.strip(".") or "@" in domain or any(sign.isspace() for sign in text)
    if bad or len(text) > 254:
        raise RuleBroken("people.bad_email")
    return text


def identifiers_of(person: NewPerson) -> tuple[str | None, str | None]:
    """Return a person's e-mail address and phone number in their stored forms; raise RuleBroken without either."""
    address = clean_email(person.email)
    number = normalise_phone(person.phone) if person.phone and person.phone.strip() else None
    if address is None and number is None:
        raise RuleBroken("people.needs_identifier")
    return address, number


def check_free(*, email: str | None, phone_hash: bytes | None) -> None:
    """Raise RuleBroken if another account has this e-mail address or phone number."""
    for code, column, value in (
        ("people.email_taken", User.email, email),
        ("people.phone_taken", User.phone_hash, phone_hash),
    ):
        if value is not None and db.session.scalar(select(User.id).where(column == value)) is not None:
            raise RuleBroken(code)


def add_user(
    *,
    person: NewPerson,
    assignment: RoleAssignment,
    by: Signature,
    password: str | None = None,
    asked_by: int | None = None,
) -> tuple[User, str]:
    """Add an account; return it with its first password, which has to be changed at the first sign-in.

    The password is generated unless one is given, which must not be easy to guess. For finance and admin, `asked_by`
    is the second admin, who asked for the account (requests.py).
    """
    assignment = check_assignment(assignment, by.actor)
    require_second_admin(assignment.role, actor=by.actor, asked_by=asked_by)
    address, number = identifiers_of(person)
    phone_hash = vault.fingerprint("phone", number) if number else None
    check_free(email=address, phone_hash=phone_hash)
    if password is not None:
        check_new_password(password, names=(person.name, address or ""), numbers=(number,) if number else ())
    first = password or "-".join("".join(secrets.choice(_EASY_TO_TYPE) for _ in range(4)) for _ in range(4))
    user = User(
        name=" ".join(person.name.split()),
        email=address,
        phone_sealed=vault.seal(number) if number else None,
        phone_hash=phone_hash,
        password_hash=hash_password(first),
        must_change_password=True,
        role=assignment.role,
        scope=assignment.scope,
        branch_id=assignment.branch_id,
        regional_office_id=assignment.regional_office_id,
        created_at=by.at,
        made_by=by.actor.user_id,
        made_beside=asked_by,
    )
    db.session.add(user)
    db.session.flush()
    audit.record(
        by=by,
        act="user.added",
        subject=audit.Subject("user", user.id, user.branch_id),
        details={"role": user.role, "scope": user.scope, **_second_admin_detail(asked_by)},
    )
    return user, first


def assign_role(
    *,
    user_id: int,
    assignment: RoleAssignment,
    by: Signature,
    version_seen: int | None = None,
    asked_by: int | None = None,
) -> User:
    """Give a user another role or scope; all sessions of the account end.

    A finance or admin account is assigned only with a second admin: `asked_by` asked for it.
    """
    user = get_changeable(user_id, by.actor)
    assignment = check_new_assignment(user, assignment, by.actor)
    require_second_admin(assignment.role, actor=by.actor, asked_by=asked_by)
    before = user.role
    changed = _change(
        user,
        version_seen,
        role=assignment.role,
        scope=assignment.scope,
        branch_id=assignment.branch_id,
        regional_office_id=assignment.regional_office_id,
    )
    close_sessions(user_id=user_id, at=by.at)
    audit.record(
        by=by,
        act="user.role_assigned",
        subject=audit.Subject("user", user_id, assignment.branch_id),
        version_seen=version_seen,
        details={
            "role": assignment.role,
            "scope": assignment.scope,
            "before": before,
            **_second_admin_detail(asked_by),
        },
    )
    return changed


def disable_user(*, user_id: int, reason: str, by: Signature) -> User:
    """Disable an account: its sessions end and it cannot sign in."""
    user = get_changeable(user_id, by.actor)
    if not user.is_active:
        return user
    _change(user, None, is_active=False)
    close_sessions(user_id=user_id, at=by.at)
    audit.record(
        by=by,
        act="user.disabled",
        subject=audit.Subject("user", user_id, user.branch_id),
        reason=check_reason(reason, "people.reason_needed"),
    )
    return user


def enable_user(*, user_id: int, by: Signature) -> User:
    """Enable a disabled account again."""
    user = get_changeable(user_id, by.actor)
    if user.is_active:
        return user
    _change(user, None, is_active=True)
    audit.record(by=by, act="user.enabled", subject=audit.Subject("user", user_id, user.branch_id))
    return user


def update_preferences(*, locale: str | None, theme: str | None, actor: Actor) -> None:
    """Remember a person's language and theme; the audit trail does not record this."""
    values = {}
    if locale in LOCALES:
        values["locale"] = locale
    if theme in THEMES:
        values["theme"] = theme
    if values:
        db.session.execute(update(User).where(User.id == actor.user_id).values(**values))


def acknowledge_changes(*, last: int, actor: Actor) -> None:
    """Record the last audit event about their own account that the owner has seen."""
    seen = select(func.max(AuditEvent.id)).where(
        AuditEvent.subject_kind == "user", AuditEvent.subject_id == str(actor.user_id), AuditEvent.id <= last
    )
    newest = db.session.scalar(seen) or 0
    db.session.execute(
        update(User).where(User.id == actor.user_id, User.changes_seen < newest).values(changes_seen=newest),
    )


def check_new_assignment(user: User, assignment: RoleAssignment, actor: Actor) -> RoleAssignment:
    """Check a user's new assignment and return it; a cadre's account stays a cadre's."""
    checked = check_assignment(assignment, actor)
    if (user.role == "cadre") != (checked.role == "cadre"):
        raise RuleBroken("people.cadre_stays_cadre")
    return checked


def require_second_admin(role: str, *, actor: Actor, asked_by: int | None) -> None:
    """Raise RuleBroken("people.second_admin_needed") if one admin alone may not act on such an account."""
    if asked_by is None and needs_second_admin(role, actor_role=actor.role):
        raise RuleBroken("people.second_admin_needed")


def _second_admin_detail(asked_by: int | None) -> dict[str, int]:
    """Return the detail that names the second admin in the audit trail."""
    return {} if asked_by is None else {"asked_by": asked_by}


def get_changeable(user_id: int, actor: Actor) -> User:
    """Return a user whom the actor may change: nobody changes their own role or disables their own account."""
    user = get_user(user_id, actor=actor)
    if user.id == actor.user_id:
        raise NotAllowed("people.not_yourself")
    return user


def _change(user: User, version_seen: int | None, **values: object) -> User:
    """Change a user, unless somebody else did since the page was shown."""
    if version_seen is not None and version_seen != user.version:
        raise RuleBroken("people.changed_meanwhile")
    change_one(
        update(User)
        .where(User.id == user.id, User.version == user.version)
        .values(**values, version=user.version + 1),
        otherwise=RuleBroken("people.changed_meanwhile"),
    )
    db.session.refresh(user)
    return user
