"""Objects of messages that addresses name: somebody's message, and a device that rings for them."""

import uuid
from datetime import UTC, datetime
from typing import Any

from architecture.subject_rows import make_session
from sqlalchemy import func, select

from portal import audit
from portal.accounts.queries.sessions import get_operator
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.messages.models import Message, PushSubscription

AT = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)
LETTER = {"ref": str(uuid.UUID(int=8)), "text": "Rapat bulanan hari Senin"}
TOLD = {f"messages.{name}": LETTER for name in ("send_letter", "send_letter_to_branch", "send_praise")}


def _number_of(row: Any) -> int:
    db.session.add(row)
    db.session.commit()
    return int(row.id)


def message_of(cadre: Any) -> int:
    """Store a message of a cadre about themselves."""
    with transaction():
        by = Signature(get_operator(), AT)
        audit.record(by=by, act="cadre.certified", subject=audit.Subject("cadre", cadre.id, cadre.branch_id))
    event = db.session.scalars(select(func.max(audit.AuditEvent.id))).one()
    row = Message(event_id=event, user_id=cadre.user_id, kind="certified", at=AT, subject=str(cadre.id))
    return _number_of(row)


def device_of(cadre: Any) -> int:
    """Store a device that rings for a cadre."""
    row = PushSubscription(
        user_id=cadre.user_id, session_id=make_session(cadre), p256dh="x", auth="y", added_at=AT,
        endpoint=f"https://push.services.mozilla.com/{cadre.id}",
    )  # fmt: skip
    return _number_of(row)
