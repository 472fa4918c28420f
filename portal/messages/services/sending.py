"""The outbox: pointers that are due are claimed, and afterwards marked with what became of them.

The claim is committed before anything is sent. A sender that dies leaves a claim that lapses; the pointer then goes
out again under the same name, by which mail programs and phones know it (docs/decisions/0042).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, delete, exists, or_, select, update

from portal import vault
from portal.accounts.models import User, UserSession
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.messages import CLAIM_LASTS, KINDS, POINTS_FOR, Parcel, next_try
from portal.messages.models import Dispatch, Message, PushSubscription

AT_ONCE: Final = 50
KEPT_FOR: Final = timedelta(days=30)
_OPEN: Final = ("waiting", "sending")


def claim_due(*, at: datetime, channels: Collection[str]) -> list[Parcel]:
    """Claim the pointers that are due, oldest first; drop those that nobody needs any more.

    After an outage, or from a backup, what was due days ago rings no more.
    """
    d = Dispatch
    stale = update(d).where(d.status.in_(_OPEN), d.due_at < at - POINTS_FOR)
    change(stale.values(status="dropped", ended_at=at, problem="too late"))
    due = select(d.id).where(d.status.in_(_OPEN), d.due_at <= at, d.channel.in_(channels))
    due = due.order_by(d.due_at, d.id).limit(AT_ONCE).with_for_update(skip_locked=True)
    numbers = list(db.session.scalars(due))
    if not numbers:
        return []
    taking = update(d).where(bulk.one_of(d.id, numbers))
    change(taking.values(status="sending", due_at=at + CLAIM_LASTS, tries=d.tries + 1))
    parcels = [_parcel(row) for row in db.session.execute(_needed(numbers, at))]
    needless = set(numbers) - {parcel.id for parcel in parcels}
    if needless:
        change(update(d).where(bulk.one_of(d.id, needless)).values(status="dropped", ended_at=at))
    return parcels


def _needed(numbers: Collection[int], at: datetime) -> Any:
    """Select what is needed to send the claimed pointers whose news is still unread and whose device is signed in."""
    d, m, s = Dispatch, Message, PushSubscription
    unread = exists().where(
        m.user_id == d.user_id, m.read_at.is_(None), or_(d.day.is_not(None), m.id == d.message_id)
    )
    open_session = exists().where(
        UserSession.id == s.session_id, UserSession.revoked_at.is_(None), UserSession.expires_at > at
    )
    reachable = or_((d.channel == "mail") & User.email.is_not(None), (d.channel == "push") & open_session)
    told = m.__table__.alias("told")
    return (
        select(
            d.id, d.channel, d.user_id, d.message_id, d.day, told.c.kind, User.locale, User.email,
            s.endpoint, s.p256dh, s.auth,
        )
        .join(User, User.id == d.user_id)
        .outerjoin(told, told.c.id == d.message_id)
        .outerjoin(s, (s.id == d.device) & (d.channel == "push") & (s.user_id == d.user_id))
        .where(bulk.one_of(d.id, numbers), User.is_active, unread, reachable)
        .order_by(d.id)
    )  # fmt: skip


def _parcel(row: Row[Any]) -> Parcel:
    about = f"{row.channel}/{row.id}/{row.user_id}/{row.message_id or row.day}"
    name = vault.fingerprint("dispatch", about).hex()[:32]
    group = KINDS[row.kind].group if row.kind else ""
    known = (row.id, row.channel, name, group, row.locale or "id")
    if row.channel == "mail":
        return Parcel(*known, to=row.email)
    return Parcel(*known, to=row.endpoint, p256dh=row.p256dh, auth=row.auth)


def record_sent(*, parcel: Parcel, at: datetime) -> None:
    """Record that a pointer has left."""
    _end(parcel, "sent", at)


def record_failed(*, parcel: Parcel, at: datetime, problem: str, lasting: bool) -> None:
    """Record that a pointer did not leave: it is tried again later, unless the fault is a lasting one."""
    tries = db.session.scalars(select(Dispatch.tries).where(Dispatch.id == parcel.id)).one()
    again = None if lasting else next_try(tries, at)
    if again is None:
        _end(parcel, "given_up", at, problem)
        return
    waiting = update(Dispatch).where(Dispatch.id == parcel.id, Dispatch.status == "sending")
    change(waiting.values(status="waiting", due_at=again, problem=problem[:80]))


def forget_device(*, parcel: Parcel, at: datetime) -> None:
    """Forget a device whose push service no longer knows it."""
    change(delete(PushSubscription).where(PushSubscription.endpoint == parcel.to))
    _end(parcel, "dropped", at, "gone")


def _end(parcel: Parcel, status: str, at: datetime, problem: str | None = None) -> None:
    ending = update(Dispatch).where(Dispatch.id == parcel.id, Dispatch.status == "sending")
    change(ending.values(status=status, ended_at=at, problem=problem[:80] if problem else None))


def delete_old_dispatches(*, at: datetime) -> int:
    """Delete what went out long ago, and the devices whose session has ended; return how many rows went."""
    s = PushSubscription
    ended = exists().where(
        UserSession.id == s.session_id, or_(UserSession.revoked_at.is_not(None), UserSession.expires_at <= at)
    )
    gone = change(delete(s).where(ended)).rowcount
    return gone + change(delete(Dispatch).where(Dispatch.ended_at < at - KEPT_FOR)).rowcount
