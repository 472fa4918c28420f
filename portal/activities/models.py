"""Tables of activities: reports, drafts and photos."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, BigInt, Code, Fingerprint, Instant, Json, Key, LocalDate, Sealed

_APPROVED = "status = 'approved'"
_OF_AN_EVENT = "event_id IS NOT NULL"


class Activity(Base):
    """An outreach activity that a cadre reported.

    `ref` is the client-made UUID or the import's reference. `slot` is 1–3 for an approved report that earns on the
    cadre's local date, and is never freed; an approved report without a slot earns nothing, and the page says so.
    `event_id` names the event of the agenda at which it was held: one for each cadre who attended (rules.md 12.4).
    """

    __tablename__ = "activities"
    __table_args__ = (
        CheckConstraint("status IN ('submitted', 'approved', 'returned', 'rejected')", name="status"),
        CheckConstraint("slot BETWEEN 1 AND 3", name="slot"),
        CheckConstraint("attendance >= 0", name="attendance"),
        UniqueConstraint("cadre_id", "held_on", "slot"),
        Index(
            "uq_activities_event",
            "event_id",
            "cadre_id",
            unique=True,
            sqlite_where=text(_OF_AN_EVENT),
            postgresql_where=text(_OF_AN_EVENT),
        ),
        Index("ix_activities_queue", "status", "branch_id", "submitted_at"),
        Index("ix_activities_cadre", "cadre_id", "held_on", "id"),
        Index("ix_activities_decided", "decided_by", "decided_at"),
        Index(
            "ix_activities_visits",
            "village_code",
            "held_on",
            sqlite_where=text(_APPROVED),
            postgresql_where=text(_APPROVED),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(Code, unique=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    branch_id: Mapped[int] = mapped_column(Key, ForeignKey("branches.id"))
    type: Mapped[str] = mapped_column(String(24))
    held_on: Mapped[date] = mapped_column(LocalDate)
    village_code: Mapped[str | None] = mapped_column(String(10))
    place: Mapped[str | None] = mapped_column(String(120))
    attendance: Mapped[int | None] = mapped_column()
    notes: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12))
    slot: Mapped[int | None] = mapped_column()
    points_given: Mapped[int | None] = mapped_column()
    history: Mapped[bool] = mapped_column(Boolean, default=False)
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    submitted_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(Text)
    flags: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    body_hash: Mapped[bytes | None] = mapped_column(Fingerprint)
    event_id: Mapped[int | None] = mapped_column(Key, ForeignKey("events.id"))
    version: Mapped[int] = mapped_column(default=1)


class Draft(Base):
    """A report that is not submitted yet: what was typed so far, sealed because it may contain NIKs."""

    __tablename__ = "drafts"

    ref: Mapped[str] = mapped_column(Code, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), index=True)
    body_sealed: Mapped[bytes] = mapped_column(Sealed, info={"context": ("{ref}".format, ("ref",))})
    summary: Mapped[dict[str, Any]] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class Photo(Base):
    """A photo of a report, re-encoded by the server; `report_ref` is the ref of the report or draft.

    A photo that a program sent may be there before its report. `dhash_mirrored` is the hash of the mirrored picture:
    older photos have none. Where it was taken, in degrees and metres, is known if the phone said so.
    """

    __tablename__ = "photos"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    report_ref: Mapped[str] = mapped_column(Code, index=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    file_name: Mapped[str] = mapped_column(String(80), unique=True)
    thumb_name: Mapped[str] = mapped_column(String(80))
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    dhash: Mapped[int] = mapped_column(BigInt)
    dhash_mirrored: Mapped[int | None] = mapped_column(BigInt)
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    accuracy_m: Mapped[int | None] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Instant)
