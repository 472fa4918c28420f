"""The built-in actor of commands and scheduled jobs."""

from datetime import datetime

from sqlalchemy import insert, select

from portal.accounts.models import User
from portal.database.extensions import db
from portal.domain.actors import Actor


def install_operator(*, at: datetime) -> Actor:
    """Store the operator unless it exists: a user without a password, who cannot sign in."""
    found = db.session.scalar(select(User.id).where(User.role == "operator"))
    if found is None:
        found = db.session.scalar(
            insert(User)
            .values(
                name="operator",
                role="operator",
                scope="nation",
                is_active=True,
                theme="auto",
                must_change_password=False,
                created_at=at,
                version=1,
            )
            .returning(User.id),
        )
    return Actor(user_id=int(found or 0), role="operator", name="operator")
