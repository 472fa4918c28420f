"""The personal tokens of a person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.accounts.models import AccessToken
from portal.database.extensions import db


def list_tokens(user_id: int, *, at: datetime) -> Sequence[AccessToken]:
    """List the tokens with which a program may act for a person now, newest first."""
    return db.session.scalars(
        select(AccessToken)
        .where(AccessToken.user_id == user_id, AccessToken.revoked_at.is_(None), AccessToken.expires_at > at)
        .order_by(AccessToken.id.desc()),
    ).all()
