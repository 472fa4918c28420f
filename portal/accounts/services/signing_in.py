"""Signing in, changing one's password, and setting a new one with an admin's code."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from portal import audit, vault
from portal.accounts.models import ResetCode, User
from portal.accounts.queries.users import actor_of, find_user_by_identifier, get_user
from portal.accounts.services import password_strength
from portal.accounts.services.passwords import hash_password
from portal.accounts.services.sessions import close_sessions, forget_devices, open_session
from portal.accounts.services.throttle import forgive_failures, record_success
from portal.accounts.services.users import require_second_admin
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken

CODE_LIFE = timedelta(minutes=30)
_CODE_CHARACTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without characters that look alike


def check_new_password(*, user: User, password: str) -> None:
    """Raise RuleBroken("password.…") for a password that is too easy for this person."""
    phone = vault.unseal(user.phone_sealed) if user.phone_sealed else ""
    password_strength.check_new_password(
        password, names=(user.name, user.email or ""), numbers=(phone,) if phone else ()
    )


def sign_in(
    *,
    user_id: int,
    attempt_id: int,
    at: datetime,
    address: str = "",
    device: str = "",
    remembered: bool = False,
) -> str:
    """Open a session for a person whose password was right; return the token for the cookie."""
    record_success(attempt_id=attempt_id, at=at)
    user = get_user(user_id)
    audit.record(
        by=Signature(actor_of(user), at),
        act="session.opened",
        subject=audit.Subject("user", user.id, user.branch_id),
    )
    return open_session(user_id=user_id, at=at, address=address, device=device, remembered=remembered)


def change_password(
    *,
    password: str,
    attempt_id: int,
    by: Signature,
    address: str = "",
    device: str = "",
    remembered: bool = False,
) -> str:
    """Set the actor's new password, close all sessions and open a new one; return its token.

    `attempt_id` is the try with the present password, which was right.
    """
    record_success(attempt_id=attempt_id, at=by.at)
    user = get_user(by.actor.user_id)
    check_new_password(user=user, password=password)
    _set_password(user, password)
    close_sessions(user_id=user.id, at=by.at)
    audit.record(by=by, act="password.changed", subject=audit.Subject("user", user.id, user.branch_id))
    forget_devices(user_id=user.id, at=by.at)
    return open_session(user_id=user.id, at=by.at, address=address, device=device, remembered=remembered)


def _set_password(user: User, password: str) -> None:
    user.password_hash = hash_password(password)
    user.must_change_password = False
    user.version += 1
    db.session.flush()


def reset_user(*, user_id: int, by: Signature, asked_by: int | None = None) -> str:
    """Make a one-time code with which a person sets a new password; earlier codes stop working.

    For finance and admin, `asked_by` is the second admin, who asked for it (requests.py).
    """
    user = get_user(user_id, actor=by.actor)
    require_second_admin(user.role, actor=by.actor, asked_by=asked_by)
    if not user.is_active:
        raise RuleBroken("people.user_disabled")
    db.session.execute(
        update(ResetCode)
        .where(ResetCode.user_id == user.id, ResetCode.used_at.is_(None), ResetCode.expires_at > by.at)
        .values(expires_at=by.at),
    )
    code = "".join(secrets.choice(_CODE_CHARACTERS) for _ in range(12))
    db.session.execute(
        insert(ResetCode).values(
            user_id=user.id,
            code_hash=vault.fingerprint("code", code),
            made_by=by.actor.user_id,
            made_beside=asked_by,
            made_at=by.at,
            expires_at=by.at + CODE_LIFE,
        ),
    )
    audit.record(
        by=by,
        act="password.reset",
        subject=audit.Subject("user", user.id, user.branch_id),
        details=None if asked_by is None else {"asked_by": asked_by},
    )
    return "-".join(code[start : start + 4] for start in (0, 4, 8))


def reset_password(*, identifier: str, code: str, password: str, at: datetime) -> User:
    """Set a new password with a one-time code, close all sessions of the account and forgive its failed tries.

    A wrong, used, superseded or expired code, another person's code, and an unknown or disabled account are all
    refused with the same words.
    """
    fingerprint = vault.fingerprint("code", "".join(sign for sign in code.upper() if sign.isalnum()))
    row = db.session.scalars(
        select(ResetCode).where(ResetCode.code_hash == fingerprint).with_for_update(),
    ).one_or_none()
    user = find_user_by_identifier(identifier)
    fits = row is not None and row.used_at is None and row.expires_at > at
    if row is None or not fits or user is None or row.user_id != user.id or not user.is_active:
        raise RuleBroken("people.bad_code")
    check_new_password(user=user, password=password)
    row.used_at = at
    _set_password(user, password)
    close_sessions(user_id=user.id, at=at)
    forget_devices(user_id=user.id, at=at)
    forgive_failures(user_id=user.id, at=at)
    audit.record(
        by=Signature(actor_of(user), at),
        act="password.set",
        subject=audit.Subject("user", user.id, user.branch_id),
    )
    return user


def sign_out(*, by: Signature) -> None:
    """Close the session of this request."""
    if by.actor.session_id is not None:
        close_sessions(user_id=by.actor.user_id, at=by.at, session_id=by.actor.session_id)
        audit.record(
            by=by, act="session.closed", subject=audit.Subject("user", by.actor.user_id, by.actor.branch_id)
        )


def revoke_session(*, session_id: int, by: Signature) -> None:
    """Close one of the actor's own sessions on another device."""
    if not close_sessions(user_id=by.actor.user_id, at=by.at, session_id=session_id):
        raise NotFound("people.no_such_session")
    audit.record(
        by=by, act="session.revoked", subject=audit.Subject("session", session_id, by.actor.branch_id)
    )


def revoke_other_sessions(*, by: Signature) -> int:
    """Close the actor's sessions on all other devices; return how many there were."""
    closed = close_sessions(user_id=by.actor.user_id, at=by.at, spare=by.actor.session_id)
    forget_devices(user_id=by.actor.user_id, at=by.at)
    if closed:
        audit.record(
            by=by,
            act="sessions.revoked",
            subject=audit.Subject("user", by.actor.user_id, by.actor.branch_id),
            details={"count": closed},
        )
    return closed
