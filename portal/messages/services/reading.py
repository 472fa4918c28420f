"""Reading the audit trail: each event that somebody wants to hear of becomes messages, each exactly once.

The position is locked, the messages are written and the position moves in one transaction. On SQLite events are
numbered in the order of their commits. On PostgreSQL a lower number may become visible later: an event counts as
settled only once every transaction that might still bring a lower one has ended; what is not settled is looked at
again, and what was told already is told no second time (docs/decisions/0042).
"""

from typing import Any, Final

from sqlalchemy import func, select, text, update

from portal.accounts.models import User
from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.messages.models import Message, MessageRun
from portal.messages.queries.audiences import COLUMNS, list_told

AT_ONCE: Final = 20_000  # events
# The oldest transaction still running, and the next one to begin.
_SNAPSHOT = text(
    "SELECT pg_snapshot_xmin(s)::text::bigint AS oldest, pg_snapshot_xmax(s)::text::bigint AS next"
    " FROM pg_current_snapshot() AS s"
)


def read_trail(*, at_once: int = AT_ONCE) -> bool:
    """Write the messages of the next events; tell whether more events wait already.

    Whoever reads at the same time waits for the position, and then finds it moved.
    """
    run = lock_run()
    settled, horizon = _settle(run)
    until, more = _next_event(run.seen, at_once)
    if until > run.settled:
        _write(run.settled, until)
    if db.engine.dialect.name == "sqlite":
        settled = until
    seen = until if settled in {run.seen, until} else run.seen
    values = {"settled": settled, "seen": seen, "horizon": horizon}
    if values != {name: getattr(run, name) for name in values}:
        db.session.execute(update(MessageRun).values(values))
    return more and seen > run.seen


def lock_run() -> Any:
    """Lock the position and return it; a database that was emptied begins anew."""
    query = select(MessageRun.settled, MessageRun.seen, MessageRun.horizon, MessageRun.planned)
    run = db.session.execute(query.with_for_update()).one_or_none()
    if run is None:
        fresh = insert_into(MessageRun).values(id=1, settled=0, seen=0, planned=0)
        db.session.execute(fresh.on_conflict_do_nothing())
        run = db.session.execute(query.with_for_update()).one()
    return run


def _settle(run: Any) -> tuple[int, int | None]:
    """Return up to which event the trail is settled now, and the horizon that `seen` waits for.

    The horizon is taken a run after the events were seen: a number is drawn from the sequence a moment before its
    transaction gets its own. While it is waited for, `seen` stays, so that it is reached also under constant load.
    """
    if db.engine.dialect.name == "sqlite" or run.settled == run.seen:
        return run.settled, None
    snapshot = db.session.execute(_SNAPSHOT).one()
    if run.horizon is None:
        return run.settled, snapshot.next
    return (run.seen, None) if snapshot.oldest >= run.horizon else (run.settled, run.horizon)


def _next_event(seen: int, at_once: int) -> tuple[int, bool]:
    """Return up to which event to read now, and whether there are more."""
    some = select(AuditEvent.id).where(AuditEvent.id > seen).order_by(AuditEvent.id).limit(at_once).subquery()
    newest, count = db.session.execute(select(func.max(some.c.id), func.count())).one()
    return newest or seen, count == at_once


def _write(after: int, until: int) -> None:
    """Write what is not told yet, in the order of the events, and count it as unread."""
    newest = select(func.coalesce(func.max(Message.id), 0))
    before = db.session.execute(newest).scalar_one()
    told = list_told(after, until).subquery("told")
    rows = select(*(told.c[name] for name in COLUMNS)).where(told.c.user_id.is_not(None))
    rows = rows.order_by(told.c.event_id, told.c.user_id, told.c.kind)
    insert = insert_into(Message).from_select(list(COLUMNS), rows)
    if change(insert.on_conflict_do_nothing()).rowcount == 0:
        return
    fresh = select(Message.user_id, func.count().label("n")).where(Message.id > before)
    counted = fresh.group_by(Message.user_id).subquery("fresh")
    change(
        update(User).where(User.id == counted.c.user_id).values(unread=User.unread + counted.c.n),
    )
