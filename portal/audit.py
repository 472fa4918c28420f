"""The audit trail: one append-only row for each change of state, written in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, insert
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import Base, Instant, Json, Key
from portal.domain.actors import Actor
from portal.extensions import db


class AuditEvent(Base):
    """Who did what to which record, when, why, and what version they saw."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_subject", "subject_kind", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    actor_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"), index=True)
    actor_role: Mapped[str] = mapped_column(String(16))
    act: Mapped[str] = mapped_column(String(64), index=True)
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    branch_id: Mapped[int | None] = mapped_column(Key, ForeignKey("branches.id"), index=True)
    reason: Mapped[str | None] = mapped_column(Text)
    version_seen: Mapped[int | None] = mapped_column()
    details: Mapped[dict[str, Any] | None] = mapped_column(Json)


def record(
    *,
    actor: Actor,
    act: str,
    subject: tuple[str, object],
    at: datetime,
    branch_id: int | None = None,
    reason: str | None = None,
    version_seen: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write one event; `branch_id` is the branch the subject belongs to, for those who read by scope."""
    db.session.execute(
        insert(AuditEvent).values(
            at=at,
            actor_id=actor.user_id,
            actor_role=actor.role,
            act=act,
            subject_kind=subject[0],
            subject_id=str(subject[1]),
            branch_id=branch_id,
            reason=reason,
            version_seen=version_seen,
            details=dict(details) if details else None,
        ),
    )
