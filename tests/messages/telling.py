"""Helpers of the tests of messages: a report of a cadre, decided by the supervisor, and what the reader made of it."""

from typing import Any

from reporting import hand_in_clean
from sqlalchemy import select

from portal import clock
from portal.accounts.models import User
from portal.activities.services.decide import approve_activity, return_activity
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.messages.models import Dispatch, Message
from portal.messages.services.reading import read_trail


def send_back(cast: Any, cadre: Any = None) -> int:
    """Let Marlina hand in a report, and Fahmi return it; return its number."""
    report = hand_in_clean(cadre or cast.marlina)
    number = report.activity_id
    by = Signature(cast.actor("fahmi"), clock.now())
    with transaction():
        return_activity(activity_id=number, code="date_wrong", reason="Tanggalnya keliru", by=by)
    return number


def approve(cast: Any, number: int) -> None:
    with transaction():
        approve_activity(activity_id=number, by=Signature(cast.actor("fahmi"), clock.now()))


def read(times: int = 4) -> None:
    """Read the trail as the scheduler does; on PostgreSQL it takes a few runs until events are settled."""
    for _ in range(times):
        with transaction():
            read_trail()


def kinds_of(person: Any) -> list[str]:
    """List the kinds of messages that somebody has, in order."""
    db.session.rollback()
    user_id = getattr(person, "user_id", None) or person.id
    query = select(Message.kind).where(Message.user_id == user_id).order_by(Message.id)
    return list(db.session.scalars(query))


def unread(person: Any) -> int:
    db.session.rollback()
    user_id = getattr(person, "user_id", None) or person.id
    return db.session.scalars(select(User.unread).where(User.id == user_id)).one()


def statuses() -> list[tuple[str, str]]:
    """List the channel and status of everything that goes out."""
    db.session.rollback()
    return [
        tuple(row)
        for row in db.session.execute(select(Dispatch.channel, Dispatch.status).order_by(Dispatch.id))
    ]
