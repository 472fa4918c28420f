"""The audit trail, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, func, or_, select, text

from portal.accounts.models import User
from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.months import CLOSE_ZONE
from portal.organisation.queries import in_scope

PAGE = 50
_ACTS = text(
    """
    WITH RECURSIVE acts (act) AS (
      SELECT MIN(act) FROM audit_events
      UNION ALL
      SELECT (SELECT MIN(event.act) FROM audit_events AS event WHERE event.act > acts.act)
      FROM acts WHERE acts.act IS NOT NULL
    )
    SELECT act FROM acts WHERE act IS NOT NULL
    """,
)
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(9000, 1, 1)


@dataclass(frozen=True)
class AuditFilter:
    """A filter: empty fields match everything; days are local dates of Jakarta."""

    act: str = ""
    person: str = ""
    kind: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None


def list_events(
    actor: Actor,
    wanted: AuditFilter,
    *,
    before: int | None = None,
    limit: int = PAGE,
) -> Sequence[Row[Any]]:
    """List events in the actor's scope, newest first, with the name of who acted."""
    query = (
        select(
            AuditEvent.id,
            AuditEvent.at,
            AuditEvent.act,
            AuditEvent.subject_kind,
            AuditEvent.subject_id,
            AuditEvent.reason,
            AuditEvent.details,
            AuditEvent.actor_role,
            User.name,
        )
        .join(User, User.id == AuditEvent.actor_id)
        .where(*_conditions(wanted))
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    )
    if actor.scope != "nation":
        query = query.where(in_scope(actor, AuditEvent.branch_id))
    if before is not None:
        query = query.where(AuditEvent.id < before)
    return db.session.execute(query).all()


def list_acts() -> Sequence[str]:
    """List the acts that occur in the trail, hopping from one to the next on the index."""
    return db.session.execute(_ACTS).scalars().all()


def _midnight(day: date, *, plus: int = 0) -> datetime:
    """Return the start of a day, or of a day after it, clamped to the calendar's range."""
    held = min(max(day, _FIRST_DAY), _LAST_DAY)
    return datetime.combine(held + timedelta(days=plus), time(), tzinfo=ZoneInfo(CLOSE_ZONE))


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    exact = (
        (AuditEvent.act, wanted.act),
        (AuditEvent.subject_kind, wanted.kind),
        (AuditEvent.subject_id, wanted.subject),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in exact if value]
    if wanted.person:
        found.append(_named_like(wanted.person))
    if wanted.since:
        found.append(AuditEvent.at >= _midnight(wanted.since))
    if wanted.until:
        found.append(AuditEvent.at < _midnight(wanted.until, plus=1))
    return found


def _named_like(person: str) -> ColumnElement[bool]:
    return or_(
        *(func.lower(column).contains(person.lower(), autoescape=True) for column in (User.name, User.email))
    )
