"""The devices somebody is signed in on, and the actor of commands and jobs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.accounts.models import User, UserSession
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound

# How long a session lives at most, how long it survives unused, and how often its use is noted: staff work at
# shared desks, cadres on their own phone, and a read of theirs must not turn into a write more than hourly. Who
# chose to be remembered on this device is so for REMEMBERED; else the cookie ends with the browser.
LIFETIME = {True: timedelta(hours=12), False: timedelta(days=30)}


REMEMBERED = timedelta(days=30)


def find_ended(token_hash: bytes) -> int | None:
    """Return whose session a token was that no longer lets anybody in; None if there was none, or no account."""
    return db.session.execute(
        select(User.id)
        .join(UserSession, UserSession.user_id == User.id)
        .where(UserSession.token_hash == token_hash, User.is_active),
    ).scalar_one_or_none()


def get_operator() -> Actor:
    """Return the built-in actor of commands and scheduled jobs."""
    row = db.session.execute(select(User.id, User.name).where(User.role == "operator")).one_or_none()
    if row is None:
        raise NotFound("people.no_operator")
    return Actor(user_id=row.id, role="operator", name=row.name)


def list_sessions(user_id: int, *, at: datetime) -> Sequence[UserSession]:
    """List the devices somebody is signed in on, the last used first."""
    return db.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > at)
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc()),
    ).all()
