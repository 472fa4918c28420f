"""Signing in and out: the server-side session rows."""

import secrets
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, insert, select, update
from sqlalchemy.exc import OperationalError

from portal import vault
from portal.extensions import db
from portal.limits import lock_milliseconds
from portal.people.models import User, UserSession
from portal.people.queries.sessions import LIFETIME, REMEMBERED


def new_token() -> str:
    """Make the secret that a cookie carries."""
    return secrets.token_urlsafe(32)


def open_session(
    *, user_id: int, at: datetime, address: str = "", device: str = "", remembered: bool = False
) -> str:
    """Open a session for somebody whose identity is proved, and return the token for the cookie."""
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
    """Revoke somebody's sessions: all, or one; `spare` is left alone. Return how many were open."""
    closing = update(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    if session_id is not None:
        closing = closing.where(UserSession.id == session_id)
    if spare is not None:
        closing = closing.where(UserSession.id != spare)
    return cast("CursorResult[None]", db.session.execute(closing.values(revoked_at=at))).rowcount


def forget_devices(*, user_id: int, at: datetime) -> None:
    """Make all devices of an account strangers again: they lose the lane of their own (domain/throttle.py)."""
    db.session.execute(update(User).where(User.id == user_id).values(devices_from=at))


def note_use(*, session_id: int, at: datetime) -> None:
    """Note on a connection of its own that a session is in use; skipped while another writer holds the file.

    Reading a page must not wait for a month that is being closed, so on SQLite the lock is asked for only
    briefly, and on PostgreSQL a locked row is passed over.
    """
    with db.engine.connect() as connection:
        quick = connection.dialect.name == "sqlite"
        raw = connection.connection.driver_connection
        if quick and raw is not None:
            raw.execute("PRAGMA busy_timeout=50")
        try:
            with connection.begin():
                free = select(UserSession.id).where(UserSession.id == session_id)
                connection.execute(
                    update(UserSession)
                    .where(UserSession.id.in_(free.with_for_update(skip_locked=True)))
                    .values(last_seen_at=at),
                )
        except OperationalError:
            pass  # the next request notes it
        finally:
            if quick and raw is not None:
                raw.execute(f"PRAGMA busy_timeout={lock_milliseconds()}")
