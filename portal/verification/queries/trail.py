"""The audit trail: every event as it was written, none missing, and its heads as they were made (decision 0015)."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import select

from portal import audit
from portal.audit import AuditHead, AuditTip
from portal.database.extensions import db
from portal.points.models import Month
from portal.verification.queries.findings import Finding, each, found, rows

FORMAT: Final = "portal-head-1"
_WHOLE: Final = len("2026-11-22 12:00:00.000000")
# As the driver gives them: SQLite's are texts, and reading instants from them would cost more than the seals.
_EVENTS: Final = (
    "SELECT id, seal, follows, details, at, actor_id, actor_role, act, subject_kind, subject_id, branch_id, reason,"
    " version_seen FROM audit_events ORDER BY id"
)


def check_events() -> Iterator[Finding]:
    """Seal every event again: its fields and what it follows must be those it was written with."""
    for number, seal, follows, details, at, *fields in rows(_EVENTS):
        moment = _moment(at) if isinstance(at, str) else at
        said = json.loads(details) if isinstance(details, str) else details
        if seal is None or audit.seal_of((moment, *fields, said), follows) != bytes(seal):
            yield found("an audit event is not as it was written", number, fields[2])
    yield from each(
        "an audit event is there twice",
        "SELECT MIN(id), MAX(id) FROM audit_events GROUP BY seal HAVING COUNT(*) > 1",
    )


def _moment(text: str) -> str | datetime:
    """Return an instant of SQLite's as seals are made of it; one written by hand may lack its fraction."""
    if len(text) == _WHOLE:
        return f"{text[:10]}T{text[11:]}+00:00"
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def check_links() -> Iterator[Finding]:
    """Follow each branch's chain: each event follows an existing, earlier one of the same branch.

    It is nearly always the newest of its branch; only the others are looked up.
    """
    yield from each(
        "what an audit event follows is missing, or not before it",
        "WITH linked AS MATERIALIZED (SELECT id, act, branch_id, follows, LAG(seal) OVER"
        " (PARTITION BY branch_id ORDER BY id) AS newest FROM audit_events), apart AS MATERIALIZED"
        " (SELECT id, act, branch_id, follows FROM linked WHERE follows IS NOT NULL"
        " AND (newest IS NULL OR newest <> follows))"
        " SELECT e.id, e.act FROM apart e LEFT JOIN audit_events b ON b.seal = e.follows AND b.id < e.id"
        " AND COALESCE(b.branch_id, 0) = COALESCE(e.branch_id, 0) WHERE b.id IS NULL",
    )


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
