"""What a reader chose about messages, and the devices that may ring."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from portal.accounts.models import UserSession
from portal.database.extensions import db
from portal.domain.messages import Preferences
from portal.messages.models import MessagePreference, PushSubscription


def get_preferences(user_id: int) -> Preferences:
    """Return what a reader chose; by default everything may ring."""
    row = db.session.get(MessagePreference, user_id)
    if row is None:
        return Preferences()
    return Preferences(frozenset(row.off), row.quiet_from, row.quiet_until)


def list_devices(user_id: int) -> Sequence[Row[Any]]:
    """List a reader's devices that may ring, with the session that each belongs to."""
    s = PushSubscription
    query = select(s.id, s.added_at, s.session_id, UserSession.device)
    query = query.join(UserSession, UserSession.id == s.session_id).where(
        s.user_id == user_id, UserSession.revoked_at.is_(None)
    )
    return db.session.execute(query.order_by(s.id.desc())).all()
