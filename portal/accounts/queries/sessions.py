"""The devices on which a person is signed in, and the actor of commands and jobs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.accounts.models import User, UserSession
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound

# How long a session lives at most: 12 hours for staff (shared desks), 30 days for cadres (own phones), 30 days for
# anybody who chose to be remembered. Idle limits: cadres/queries/actors.py.
LIFETIME = {True: timedelta(hours=12), False: timedelta(days=30)}
REMEMBERED = timedelta(days=30)


def find_ended(token_hash: bytes) -> int | None:
    """Return the user of a token whose session has ended; None if there was none, or the account is closed."""
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
    """List the devices on which a person is signed in, last used first."""
    return db.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > at)
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc()),
    ).all()
