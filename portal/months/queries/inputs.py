"""What a month's close is computed from, as a version: looked at before and under the lock (SQLite only).

Every act that changes an input leaves an event in the audit trail within its transaction, so the number of the newest
event is a version of everything; SQLite's writers come one by one, so numbers follow the order of commits. Only what
happens all day beside a close is looked at more closely: reports and their review move nothing but the ledger, which
is counted, as are late marks and waiting entries, which the scheduler moves without an event.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, func, select

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.points.models import LateMark, LedgerEntry, Month, WaitingEntry

# Acts that change no input but entries and late marks. Any other act counts as a change, so this list may be short.
_COUNTED_APART: Final = (
    "activity.approved",
    "activity.rejected",
    "activity.returned",
    "activity.submitted",
    "number.revealed",
    "session.closed",
    "session.opened",
    "sign_in.alarm",
    "signup.nik_revealed",
    "signup.reported",
)


@dataclass(frozen=True)
class Inputs:
    """The state of a month's inputs; equal ones give the same close."""

    newest_event: int
    counts: tuple[object, ...]


def inputs_of(month: str) -> Inputs:
    """Return the state of a month's inputs as this transaction sees it."""
    newest = db.session.execute(select(func.coalesce(func.max(AuditEvent.id), 0))).scalar_one()
    return Inputs(newest, _counts(month))


def _counts(month: str) -> tuple[object, ...]:
    counted = (
        select(func.count()).select_from(LedgerEntry).where(LedgerEntry.month == month),
        select(func.max(Month.month)).where(Month.status == "closed"),
        select(func.count()).where(LateMark.month < month),
        select(func.max(LateMark.id)),
        select(func.count()).where(WaitingEntry.month <= month),
    )
    row = db.session.execute(select(*(query.scalar_subquery() for query in counted))).one()
    return tuple(row)


def have_changed(month: str, since: Inputs) -> bool:
    """Tell whether a month's inputs may differ from an earlier state of them."""
    event = AuditEvent
    other = exists().where(event.id > since.newest_event, event.act.not_in(_COUNTED_APART))
    return bool(db.session.execute(select(other)).scalar_one()) or _counts(month) != since.counts


def waits(month: str) -> bool:
    """Tell whether entries wait that the month's close has to post."""
    return bool(db.session.execute(select(exists().where(WaitingEntry.month <= month))).scalar_one())
