"""Reading one's messages: what is opened is read, and the kept number of unread ones follows at once."""

from sqlalchemy import ColumnElement, update

from portal.accounts.models import User
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.messages.models import Message
from portal.messages.queries.inbox import get_message


def open_message(*, message_id: int, by: Signature) -> None:
    """Mark one of the actor's own messages as read; opened again, it stays as it is."""
    get_message(message_id, user_id=by.actor.user_id)
    _mark(by, Message.id == message_id)


def read_all(*, by: Signature) -> int:
    """Mark all of the actor's messages as read; return how many were not."""
    return _mark(by)


def _mark(by: Signature, *which: ColumnElement[bool]) -> int:
    me = by.actor.user_id
    unread = update(Message).where(Message.user_id == me, Message.read_at.is_(None), *which)
    count = change(unread.values(read_at=by.at)).rowcount
    if count:
        change(update(User).where(User.id == me).values(unread=User.unread - count))
    return count
