"""The audit trail: every event as it was written, none missing, and its heads as they were made (decision 0015)."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import select

from portal import audit, vault
from portal.audit import AuditEvent, AuditHead, AuditTip
from portal.database.bulk import batches, one_of
from portal.database.extensions import db
from portal.points.models import Month
from portal.verification.queries.findings import Finding, each, found, rows

FORMAT: Final = "portal-head-1"
# What each event's seal is made of, written by the database: for nearly every event the very text of audit.seal_of().
# SQLite keeps instants as texts; PostgreSQL keeps JSON as it came, so details are added here.
_WRITTEN: Final = {
    "sqlite": "json_array(LOWER(HEX(follows)), SUBSTR(at, 1, 10) || 'T' || SUBSTR(at, 12) || '+00\\:00', actor_id,"
    " actor_role, act, subject_kind, subject_id, branch_id, reason, version_seen,"
    " json(CASE WHEN json_valid(details) THEN details END))",
    "postgresql": "'[\"' || COALESCE(ENCODE(follows, 'hex'), '') || '\",\"'"
    " || TO_CHAR(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24\\:MI\\:SS.US') || '+00\\:00\",' || actor_id"
    " || ',' || TO_JSON(actor_role) || ',' || TO_JSON(act) || ',' || TO_JSON(subject_kind)"
    " || ',' || TO_JSON(subject_id) || ',' || COALESCE(branch_id\\:\\:text, 'null')"
    " || ',' || COALESCE(TO_JSON(reason)\\:\\:text, 'null') || ',' || COALESCE(version_seen\\:\\:text, 'null')"
    " || CASE WHEN details IS NULL THEN ',null]' ELSE ',' END",
}
_DETAILS: Final = {"sqlite": "NULL", "postgresql": r"details\:\:text"}
_EVENTS: Final = "SELECT id, seal, follows, branch_id, {written}, {details} FROM audit_events ORDER BY id"
_LINKS: Final = "SELECT id, seal, follows, branch_id FROM audit_events ORDER BY id"
_TWICE: Final = "SELECT MIN(id), MAX(id) FROM audit_events GROUP BY seal HAVING COUNT(*) > 1"
_AT_ONCE: Final = 2000


def check_events() -> Iterator[Finding]:
    """Seal every event again: its fields and what it follows must be those it was written with.

    A seal that fits the database's text proves the event: that text names every field. What it does not fit is
    written and sealed here, as its writer did. An event that is there twice follows another than its branch's newest
    one, or the one before it is there twice as well; so without any of those nothing is looked for.
    """
    newest: dict[int | None, bytes | None] = {}
    apart = False
    doubted: list[int] = []
    dialect = db.engine.dialect.name
    query = _EVENTS.format(written=_WRITTEN[dialect], details=_DETAILS[dialect])
    for number, seal, follows, branch_id, written, details in rows(query):
        apart = apart or newest.get(branch_id) != follows
        newest[branch_id] = seal
        if not _fits(seal, written, details):
            doubted.append(number)
            if len(doubted) == _AT_ONCE:
                yield from _sealed_otherwise(doubted)
                doubted.clear()
    yield from _sealed_otherwise(doubted)
    if apart:
        yield from each("an audit event is there twice", _TWICE)


def _fits(seal: bytes | None, written: str | None, details: str | None) -> bool:
    """Tell whether a seal is that of an event's text, to which its details are added where they came apart."""
    if details is not None:
        written = f"{written}{audit.encode(json.loads(details))}]"
    return written is not None and vault.fingerprint("audit", written) == seal


def _sealed_otherwise(numbers: list[int]) -> Iterator[Finding]:
    """Write and seal some events as they were written, and find those with another seal."""
    event = AuditEvent.__table__.c
    query = select(*event).where(one_of(event.id, numbers)).order_by(event.id)
    for number, *fields, follows, seal in db.session.execute(query):
        if seal is None or audit.seal_of(fields, follows) != bytes(seal):
            yield found("an audit event is not as it was written", number, fields[3])


def check_links() -> Iterator[Finding]:
    """Follow each branch's chain: each event follows an existing, earlier one of the same branch.

    It is nearly always the newest of its branch; only the others are looked up.
    """
    newest: dict[int | None, bytes | None] = {}
    apart: dict[tuple[int | None, bytes], list[int]] = {}
    for number, seal, follows, branch_id in rows(_LINKS):
        if follows is not None and newest.get(branch_id) != follows:
            apart.setdefault((branch_id, follows), []).append(number)
        newest[branch_id] = seal
    if apart:
        yield from _without_what_they_follow(apart)


def _without_what_they_follow(apart: dict[tuple[int | None, bytes], list[int]]) -> Iterator[Finding]:
    """Find which of these events, by branch and by what they follow, have nothing before them to follow."""
    first: dict[tuple[int | None, bytes], int] = {}
    for number, seal, _follows, branch_id in rows(_LINKS):
        if seal is not None and (branch_id, seal) in apart:
            first.setdefault((branch_id, seal), number)
    lost = sorted(
        number for key, members in apart.items() for number in members if number <= first.get(key, number)
    )
    for numbers in batches(lost, _AT_ONCE):
        event = AuditEvent
        named = select(event.id, event.act).where(one_of(event.id, numbers)).order_by(event.id)
        for row in db.session.execute(named):
            yield found("what an audit event follows is missing, or not before it", *row)


def check_heads() -> Iterator[Finding]:
    """Make every head again from the events that it names and the previous head; each close has one."""
    yield from each(
        "an event that a head of the audit trail names is missing or another",
        "SELECT t.event_id, t.head_id FROM audit_tips t LEFT JOIN audit_events e"
        " ON e.id = t.event_id AND e.seal = t.seal WHERE e.id IS NULL",
    )
    previous: bytes | None = None
    first: datetime | None = None
    for head, tips in _heads():
        first = first or head.at
        made = audit.head_of(head.at, head.month, head.last_event, head.previous, tips)
        if made != bytes(head.head) or _bytes(head.previous) != previous:
            yield found("a head of the audit trail is not as it was made", head.id, head.month or "")
        previous = bytes(head.head)
    with_head = set(db.session.scalars(select(AuditHead.month)))
    for month, closed_at in db.session.execute(select(Month.month, Month.closed_at)).all():
        if closed_at is not None and month not in with_head and (first is None or closed_at >= first):
            yield found("a closed month has no head of the audit trail", month)


def _heads() -> Iterator[tuple[Any, list[tuple[int, bytes]]]]:
    """Yield the heads in order, each with the events that it names."""
    columns = AuditHead.__table__.columns
    query = (
        select(*columns, AuditTip.event_id, AuditTip.seal)
        .outerjoin(AuditTip, AuditTip.head_id == AuditHead.id)
        .order_by(AuditHead.id, AuditTip.event_id)
    )
    for _, group in groupby(rows(query), key=lambda row: row.id):
        members = list(group)
        yield members[0], [(row.event_id, row.seal) for row in members if row.event_id is not None]


def _bytes(value: bytes | None) -> bytes | None:
    return None if value is None else bytes(value)


def kept_head() -> dict[str, Any] | None:
    """Return what is to be kept elsewhere: the newest head and the digests of the closed months."""
    head = audit.newest_head()
    if head is None:
        return None
    return {
        "format": FORMAT,
        "number": head.id,
        "at": head.at.isoformat(),
        "last_event": head.last_event,
        "head": bytes(head.head).hex(),
        "months": _digests(),
    }


def _digests() -> dict[str, str | None]:
    closed = select(Month.month, Month.digest).where(Month.status == "closed").order_by(Month.month)
    return {row.month: row.digest for row in db.session.execute(closed)}


def compare_head(kept: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare what was kept elsewhere: its head must still exist, and so must every closed month."""
    query = select(AuditHead.head).where(AuditHead.id == kept["number"])
    head = db.session.execute(query).scalar_one_or_none()
    if head is None or bytes(head).hex() != kept["head"]:
        yield found(
            "the audit trail is not the one that the kept head was made of", kept["number"], kept["at"]
        )
    here = _digests()
    for month, digest in kept["months"].items():
        if here.get(month) != digest:
            yield found("a closed month is not the one that the kept head names", month)
