"""Planning what goes out: each new message gets its pointers, as its reader chose."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select, update

from portal.accounts.models import User
from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.messages import MAIL, POINTS_FOR, PUSH, Hours, Preferences, due_of
from portal.domain.months import ZONES, local_date, month_of
from portal.messages.models import Dispatch, Message, MessagePreference, MessageRun, PushSubscription
from portal.messages.services.reading import lock_run
from portal.organisation.models import Branch
from portal.organisation.queries import parameter

AT_ONCE: Final = 2_000  # messages


def get_hours(at: datetime) -> Hours:
    """Return the local hours that the rules name: quiet from and until, and the digest's."""
    month = month_of(local_date(at, ZONES[0]))
    names = ("quiet_from", "quiet_until", "digest_hour")
    return Hours(*(int(parameter(name, month=month)) for name in names))


def plan_dispatches(*, at: datetime, channels: Collection[str]) -> bool:
    """Plan the pointers of the next messages; tell whether more messages wait already.

    `channels` are those that this portal can send on. What happened long ago is left to the inbox.
    """
    run = lock_run()
    messages = db.session.execute(_next(run.planned)).all()
    if not messages:
        return False
    fresh = [row for row in messages if row.at > at - POINTS_FOR]
    _store(fresh, channels, get_hours(at))
    db.session.execute(update(MessageRun).values(planned=messages[-1].id))
    return len(messages) == AT_ONCE


def _next(planned: int) -> Any:
    """Select the next messages with what their readers chose, and the zone of their branch."""
    m, p = Message, MessagePreference
    return (
        select(
            m.id, m.kind, m.at, m.user_id, User.email, Branch.time_zone,
            p.off, p.quiet_from, p.quiet_until,
        )
        .join(User, User.id == m.user_id)
        .outerjoin(Cadre, Cadre.user_id == User.id)
        .outerjoin(Branch, Branch.id == Cadre.branch_id)
        .outerjoin(p, p.user_id == User.id)
        .where(m.id > planned)
        .order_by(m.id)
        .limit(AT_ONCE)
    )  # fmt: skip


def _store(messages: Collection[Row[Any]], channels: Collection[str], hours: Hours) -> None:
    devices: dict[int, list[int]] = {}
    if PUSH in channels:
        s = PushSubscription
        mine = bulk.one_of(s.user_id, {row.user_id for row in messages})
        for number, user_id in db.session.execute(select(s.id, s.user_id).where(mine)):
            devices.setdefault(user_id, []).append(number)
    rows = []
    for row in messages:
        if MAIL in channels and row.email:
            rows += _pointers(row, MAIL, [0], hours)
        rows += _pointers(row, PUSH, devices.get(row.user_id, ()), hours)
    for some in bulk.batches(rows, 500):
        db.session.execute(insert_into(Dispatch).on_conflict_do_nothing(), some)


def _pointers(row: Row[Any], channel: str, devices: Iterable[int], hours: Hours) -> list[dict[str, Any]]:
    """Return the rows of one message on a channel: one for each device."""
    chosen = Preferences(frozenset(row.off or ()), row.quiet_from, row.quiet_until)
    due = due_of(row.kind, row.at, channel, chosen, zone=row.time_zone or ZONES[0], hours=hours)
    if due is None:
        return []
    about = {"message_id": row.id if due.day is None else None, "day": due.day}
    whom = {"channel": channel, "user_id": row.user_id, "due_at": due.at, "status": "waiting", "tries": 0}
    return [{**whom, **about, "device": device} for device in devices]
