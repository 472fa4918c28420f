"""Signing in and out: the server-side session rows."""

import secrets
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import OperationalError

from portal import vault
from portal.accounts.models import User, UserSession
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
    """Revoke all of a person's sessions, or one, but never `spare`; return how many were open."""
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
    """Record a session's last use on a separate connection; skipped while another writer holds the database file.

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
                free = select(UserSession.id).where(UserSession.id == session_id)
                connection.execute(
                    update(UserSession)
                    .where(UserSession.id.in_(free.with_for_update(skip_locked=True)))
                    .values(last_seen_at=at),
                )
        except OperationalError:
            pass  # the next request records it
        finally:
            if quick and raw is not None:
                raw.execute(f"PRAGMA busy_timeout={lock_milliseconds()}")
