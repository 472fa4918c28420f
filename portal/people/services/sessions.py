"""Signing in and out: the server-side session rows."""

import secrets
from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, insert, select, update

from portal import vault
from portal.extensions import db
from portal.people.models import User, UserSession
from portal.people.queries.sessions import LIFETIME


def new_token() -> str:
    """Make the secret that a cookie carries."""
    return secrets.token_urlsafe(32)


def open_session(*, user_id: int, at: datetime, address: str = "", device: str = "") -> str:
    """Open a session for somebody whose identity is proved, and return the token for the cookie."""
    role = db.session.scalars(select(User.role).where(User.id == user_id)).one()
    token = new_token()
    db.session.execute(
        insert(UserSession).values(
            token_hash=vault.fingerprint("session", token),
            user_id=user_id,
            created_at=at,
            last_seen_at=at,
            expires_at=at + LIFETIME[role != "cadre"],
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
