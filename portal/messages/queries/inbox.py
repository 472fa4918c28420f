"""A person's inbox: their own messages, newest first."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, Select, select

from portal.accounts.models import User
from portal.database.extensions import db
from portal.domain.errors import NotFound
from portal.messages.models import Letter, Message

PAGE: Final = 30


def _own(user_id: int) -> Select[Any]:
    m = Message
    return (
        select(
            m.id, m.kind, m.at, m.subject, m.month, m.day, m.code, m.amount, m.read_at,
            Letter.text.label("text"), User.name.label("sender"),
        )
        .outerjoin(Letter, Letter.id == m.letter_id)
        .outerjoin(User, User.id == Letter.sent_by)
        .where(m.user_id == user_id)
    )  # fmt: skip


def list_messages(user_id: int, *, before: int | None = None, unread: bool = False) -> Sequence[Row[Any]]:
    """List a person's messages, newest first, one more than a page shows; `before`: where the last page ended."""
    query = _own(user_id)
    if before is not None:
        query = query.where(Message.id < before)
    if unread:
        query = query.where(Message.read_at.is_(None))
    return db.session.execute(query.order_by(Message.id.desc()).limit(PAGE + 1)).all()


def get_message(message_id: int, *, user_id: int) -> Row[Any]:
    """Return one of a person's messages."""
    row = db.session.execute(_own(user_id).where(Message.id == message_id)).one_or_none()
    if row is None:
        raise NotFound("messages.no_such")
    return row
