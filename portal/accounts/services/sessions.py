"""Signing in and out: the server-side session rows."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import InstrumentedAttribute

from portal import vault
from portal.accounts.models import AccessToken, User, UserSession
from portal.accounts.queries.sessions import LIFETIME, REMEMBERED
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.limits import lock_milliseconds


def new_token() -> str:
    """Generate the secret that a cookie carries."""
    return secrets.token_urlsafe(32)


def open_session(
    *, user_id: int, at: datetime, address: str = "", device: str = "", remembered: bool = False
) -> str:
    """Open a session for a person whose identity is proved, and return the token for the cookie."""
    role = db.session.scalars(select(User.role).where(User.id == user_id)).one()
    token = new_token()
    db.session.execute(
        insert(UserSession).values(
            token_hash=vault.fingerprint("session", token),
            user_id=user_id,
            created_at=at,
            last_seen_at=at,
            expires_at=at + (REMEMBERED if remembered else LIFETIME[role != "cadre"]),
            remembered=remembered,
            address=address[:64],
            device=device[:200],
        ),
    )
    return token


def close_sessions(
    *, user_id: int, at: datetime, session_id: int | None = None, spare: int | None = None
) -> int:
    """Revoke all of a person's sessions, or one, but never `spare`; return how many were open.

    With all of them their tokens end too: the password or the role is another one now.
    """
    if session_id is None and spare is None:
        open_tokens = update(AccessToken).where(
            AccessToken.user_id == user_id, AccessToken.revoked_at.is_(None)
        )
        change(open_tokens.values(revoked_at=at))
    closing = update(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    if session_id is not None:
        closing = closing.where(UserSession.id == session_id)
    if spare is not None:
        closing = closing.where(UserSession.id != spare)
    return change(closing.values(revoked_at=at)).rowcount


def forget_devices(*, user_id: int, at: datetime) -> None:
    """Make all devices of an account unknown again: they lose their own lanes (domain/throttle.py)."""
    db.session.execute(update(User).where(User.id == user_id).values(devices_from=at))


def touch_session(*, session_id: int, at: datetime) -> None:
    """Record a session's last use."""
    _touch(UserSession.id, session_id, {"last_seen_at": at})


def touch_token(*, token_id: int, at: datetime) -> None:
    """Record a token's last use."""
    _touch(AccessToken.id, token_id, {"last_used_at": at})


def _touch(key: InstrumentedAttribute[int], number: int, values: dict[str, Any]) -> None:
    """Change a row on a separate connection; skipped while another writer holds the database file.

    Reading a page must not wait for a month being closed, so SQLite asks for the lock only briefly, and PostgreSQL
    skips a locked row.
    """
    with db.engine.connect() as connection:
        quick = connection.dialect.name == "sqlite"
        raw = connection.connection.driver_connection
        if quick and raw is not None:
            raw.execute("PRAGMA busy_timeout=50")
        try:
            with connection.begin():
                free = select(key).where(key == number)
                connection.execute(
                    update(key.class_).where(key.in_(free.with_for_update(skip_locked=True))).values(values),
                )
        except OperationalError:
            pass  # the next request records it
        finally:
            if quick and raw is not None:
                raw.execute(f"PRAGMA busy_timeout={lock_milliseconds()}")
