"""The audit trail: append-only rows written in the transaction they report, chained by branch, tied up in heads.

Each event is sealed with the keyed hash of its own fields and the seal of its branch's newest event that its writer
can see. Nobody waits: two concurrent writers follow the same event. A head names the events that no other follows
yet, of all branches, and the previous head, so that it stands for everything written until then
(docs/decisions/0015).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import ForeignKey, Index, Select, String, Table, Text, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from portal import vault
from portal.database import bulk
from portal.database.columns import Base, Fingerprint, Instant, Json, Key, MonthKey
from portal.database.extensions import db
from portal.database.locks import Turn, wait_for
from portal.domain.actors import Signature

encode: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_SETTLED: Final = timedelta(days=1)  # assumed: no transaction lasts longer than a day


class AuditEvent(Base):
    """Who did what to which record, when, why, and which version they saw; `follows` is another event's seal."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_subject", "subject_kind", "subject_id", "id"),
        Index("ix_audit_events_branch", "branch_id", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    actor_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"), index=True)
    actor_role: Mapped[str] = mapped_column(String(16))
    act: Mapped[str] = mapped_column(String(64), index=True)
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    branch_id: Mapped[int | None] = mapped_column(Key, ForeignKey("branches.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    version_seen: Mapped[int | None] = mapped_column()
    details: Mapped[dict[str, Any] | None] = mapped_column(Json)
    follows: Mapped[bytes | None] = mapped_column(Fingerprint)
    seal: Mapped[bytes | None] = mapped_column(Fingerprint)


class AuditHead(Base):
    """The state of the trail at one moment: the hash over the previous head and the events that nobody followed yet.

    `month`: the month whose close made it. `last_event`: the newest event of that moment.
    """

    __tablename__ = "audit_heads"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    month: Mapped[str | None] = mapped_column(MonthKey, ForeignKey("months.month"), unique=True)
    last_event: Mapped[int] = mapped_column(Key)
    previous: Mapped[bytes | None] = mapped_column(Fingerprint, unique=True)
    head: Mapped[bytes] = mapped_column(Fingerprint, unique=True)


class AuditTip(Base):
    """An event that nobody followed when a head was made, with its seal."""

    __tablename__ = "audit_tips"

    event_id: Mapped[int] = mapped_column(Key, ForeignKey("audit_events.id"), primary_key=True)
    head_id: Mapped[int] = mapped_column(Key, ForeignKey("audit_heads.id"), index=True)
    seal: Mapped[bytes] = mapped_column(Fingerprint)


_EVENTS = cast("Table", AuditEvent.__table__)
_COLUMNS: Final = tuple(column.name for column in _EVENTS.columns if column.name != "id")
_TIPS = cast("Table", AuditTip.__table__)


class Event(NamedTuple):
    """An event to be written; its fields are the columns of the table, in their order."""

    at: datetime
    actor_id: int
    actor_role: str
    act: str
    subject_kind: str
    subject_id: str
    branch_id: int | None = None
    reason: str | None = None
    version_seen: int | None = None
    details: Mapping[str, Any] | None = None


class Subject(NamedTuple):
    """What an event is about: kind, number or key, and the branch it is in, for readers with a limited scope."""

    kind: str
    key: object
    branch_id: int | None = None


def record(
    *,
    by: Signature,
    act: str,
    subject: Subject | tuple[str, object],
    reason: str | None = None,
    version_seen: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one event."""
    kind, key, branch_id = Subject(*subject)
    who, what = (by.actor.user_id, by.actor.role), (act, kind, str(key))
    given = dict(details) if details else None
    row = (by.at, *who, *what, branch_id, reason, version_seen, given)
    follows = _newest_seal(branch_id)
    values = dict(zip(_COLUMNS, (*row, follows, seal_of(row, follows)), strict=True))
    db.session.execute(insert(AuditEvent).values(**values))


def record_many(events: Sequence[Event]) -> None:
    """Write many events, in order."""
    if not events:
        return
    newest = _newest_seals({event.branch_id for event in events})
    rows = []
    for one in events:
        follows = newest[one.branch_id]
        newest[one.branch_id] = seal = seal_of(one, follows)
        rows.append((*one, follows, seal))
    bulk.fill(_EVENTS, _COLUMNS, rows)


def _newest_seal(branch_id: int | None) -> bytes | None:
    return db.session.execute(_newest_of(branch_id)).scalar_one_or_none()


def _newest_of(branch_id: Any) -> Select[Any]:
    """Select the seal of a branch's newest event; None asks for the events without a branch."""
    query = select(AuditEvent.seal).where(AuditEvent.branch_id == branch_id)
    return query.order_by(AuditEvent.id.desc()).limit(1)


def _newest_seals(branch_ids: Iterable[int | None]) -> dict[int | None, bytes | None]:
    """Read the newest seals of many branches in one statement."""
    branch = bulk.listed(one for one in branch_ids if one is not None)
    found = bulk.plain_rows(select(branch, _newest_of(branch).scalar_subquery()))
    return {row[0]: row[1] for row in found} | {None: _newest_seal(None)}


def seal_of(row: Sequence[Any], follows: bytes | None) -> bytes:
    """Seal an event: its fields in the order of the table, and what it follows. The key is not in the database.

    Its instant may be given as the text that `_instant` makes of it.
    """
    moment, actor, role, act, kind, key, *rest, details = row
    # One JSON list, written piece by piece: what many events share is written once.
    parts = (
        f'"{_hex(follows)}"',
        f'"{moment if isinstance(moment, str) else _instant(moment)}"',
        _encoded(actor, role, act, kind),
        f'"{key}"' if key.isalnum() and key.isascii() else encode(key),
        _encoded(*rest),
        "null" if details is None else encode(details),
    )
    return vault.fingerprint("audit", f"[{','.join(parts)}]")


def head_of(
    at: datetime,
    month: str | None,
    last_event: int,
    previous: bytes | None,
    tips: Sequence[tuple[int, bytes]],
) -> bytes:
    """Hash a head: the previous one and the tips in the order of their numbers."""
    listed = [[number, _hex(seal)] for number, seal in sorted(tips)]
    return vault.fingerprint("audit", encode([_hex(previous), _instant(at), month, last_event, listed]))


@lru_cache(maxsize=64)  # the events of one act share their instant
def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@lru_cache(maxsize=4096, typed=True)
def _encoded(*fields: Any) -> str:
    """Write some fields as they stand in a JSON list."""
    return encode(fields)[1:-1]


def _hex(value: bytes | None) -> str:
    return "" if value is None else bytes(value).hex()


def newest_head() -> AuditHead | None:
    """Return the newest head, or None."""
    return db.session.execute(select(AuditHead).order_by(AuditHead.id.desc()).limit(1)).scalar_one_or_none()


class LooseEnds(NamedTuple):
    """The events that no other follows and no head names, with their seals, as of an event (0: the whole trail)."""

    last_event: int = 0
    events: Sequence[tuple[int, bytes]] = ()


def find_loose_ends() -> LooseEnds:
    """Return the loose ends of the trail as this transaction sees it."""
    return LooseEnds(_newest_event(), _loose_ends(newest_head()))


def tie_up(*, at: datetime, month: str | None = None, known: LooseEnds | None = None) -> AuditHead | None:
    """Tie up all loose ends of the trail in a head; None if nothing is new, unless a month closes.

    A closed month always gets one. `known` are loose ends found a moment before: only what was written since is
    looked at. It counts on SQLite alone, where events are numbered in the order of their commits.
    """
    wait_for(Turn.TIE_UP_AUDIT)
    before = newest_head()
    last = _newest_event()
    tips = _loose_ends(before) if known is None else _still_loose(known)
    if not tips and month is None:
        return None
    previous = None if before is None else before.head
    head = AuditHead(at=at, month=month, last_event=last, previous=previous)
    head.head = head_of(at, month, last, previous, tips)
    db.session.add(head)
    db.session.flush()
    bulk.fill(_TIPS, ("event_id", "head_id", "seal"), [(event, head.id, seal) for event, seal in tips])
    return head


def _newest_event() -> int:
    return db.session.execute(select(func.coalesce(func.max(AuditEvent.id), 0))).scalar_one()


def _still_loose(known: LooseEnds) -> list[tuple[int, bytes]]:
    """List the known loose ends that nobody has followed or tied up since, and those written since."""
    event, tip = AuditEvent, AuditTip
    since = select(event.follows).where(event.id > known.last_event, event.follows.is_not(None))
    followed = {bytes(seal or b"") for seal in db.session.execute(since).scalars()}
    numbers = [number for number, _ in known.events]
    tied = set(db.session.execute(select(tip.event_id).where(bulk.one_of(tip.event_id, numbers))).scalars())
    still = [(number, seal) for number, seal in known.events if number not in tied and seal not in followed]
    return still + _ends_after(known.last_event)


def _loose_ends(newest: AuditHead | None) -> list[tuple[int, bytes]]:
    """List the events that no other follows and no head names, by number.

    Anything older than a head made a day before the newest one is tied up: whatever was still being written when
    the newest head was made began later than that.
    """
    since = 0
    if newest is not None:
        floor = select(func.max(AuditHead.last_event)).where(AuditHead.at <= newest.at - _SETTLED)
        since = db.session.execute(floor).scalar_one() or 0
    return _ends_after(since)


def _ends_after(since: int) -> list[tuple[int, bytes]]:
    """List the events after one that no other follows and no head names.

    Nearly each is followed by the next of its branch, so that few are held at a time while they pass by.
    """
    event, tip = AuditEvent, AuditTip
    query = select(event.id, event.seal, event.follows).where(event.id > since).order_by(event.id)
    ends: dict[bytes, int] = {}
    awaited: set[bytes] = set()
    for number, seal, follows in bulk.plain_rows(query.execution_options(yield_per=bulk.AT_ONCE)):
        if follows is not None and ends.pop(follows, None) is None:
            awaited.add(follows)
        if seal not in awaited:
            ends[seal or b""] = number
    tied = set(
        bulk.plain_rows(select(tip.event_id).where(bulk.one_of(tip.event_id, ends.values()))).scalars()
    )
    return sorted((number, bytes(seal)) for seal, number in ends.items() if number not in tied)
