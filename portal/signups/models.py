"""The table of sign-ups."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, Code, Fingerprint, Instant, Json, Key, LocalDate, MonthKey, Sealed

_LIVE = "is_live AND status <> 'disputed'"


class SignUp(Base):
    """A worker whose sign-up a cadre reports, from the report to the validation (rules.md 2).

    `ref` is the client-made UUID or the import's reference. `activity_id` is the report it was made at (no foreign
    key object: activities are a higher room). `held_reason` says why a person must decide. `earned_on` is fixed at
    the validation. `history` marks imported validated ones: points on the local date, no fee, not in min_new; their
    contributions count from `floor_month` on. `withdrawn` is wrong_match or fraud. `beaten_on` is the earliest
    local date of the claims that it won a dispute against.
    """

    __tablename__ = "signups"
    __table_args__ = (
        CheckConstraint(
            "status IN ('reported', 'matched', 'validated', 'rejected', 'disputed', 'expired')",
            name="status",
        ),
        CheckConstraint("programmes IN ('JKK,JKM', 'JKK,JKM,JHT')", name="programmes"),
        CheckConstraint("outcome IN ('new', 'reactivated')", name="outcome"),
        CheckConstraint("withdrawn IN ('wrong_match', 'fraud')", name="withdrawn"),
        Index(
            "uq_signups_live_nik",
            "nik_hash",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        Index("ix_signups_nik", "nik_hash"),
        Index("ix_signups_kpj", "kpj_hash"),
        Index("ix_signups_phone", "phone_hash"),
        Index("ix_signups_cadre", "cadre_id", "reported_on", "id"),
        Index("ix_signups_open", "status", "id"),
        Index("ix_signups_earned", "earned_month", "cadre_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(Code, unique=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    activity_ref: Mapped[str | None] = mapped_column(Code, index=True)
    reported_on: Mapped[date] = mapped_column(LocalDate)
    name: Mapped[str] = mapped_column(String(120))
    nik_sealed: Mapped[bytes] = mapped_column(Sealed)
    nik_hash: Mapped[bytes] = mapped_column(Fingerprint)
    nik_mask: Mapped[str] = mapped_column(String(16))
    birth_date: Mapped[date] = mapped_column(LocalDate)
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_hash: Mapped[bytes | None] = mapped_column(Fingerprint)
    kpj_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    kpj_hash: Mapped[bytes | None] = mapped_column(Fingerprint)
    occupation: Mapped[str | None] = mapped_column(String(80))
    programmes: Mapped[str] = mapped_column(String(12))
    warnings: Mapped[list[str]] = mapped_column(Json, default=list)
    consent_version: Mapped[str | None] = mapped_column(String(16))
    consent_at: Mapped[datetime | None] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(12))
    is_live: Mapped[bool] = mapped_column(Boolean, default=True)
    history: Mapped[bool] = mapped_column(Boolean, default=False)
    floor_month: Mapped[str | None] = mapped_column(MonthKey)
    held_reason: Mapped[str | None] = mapped_column(String(40))
    held_by_person: Mapped[bool] = mapped_column(Boolean, default=False)
    match_tier: Mapped[str | None] = mapped_column(String(8))
    participant_id: Mapped[int | None] = mapped_column(Key, index=True)
    match_import_id: Mapped[int | None] = mapped_column(Key)
    outcome: Mapped[str | None] = mapped_column(String(12))
    pack: Mapped[str | None] = mapped_column(String(12))
    earned_on: Mapped[date | None] = mapped_column(LocalDate)
    earned_month: Mapped[str | None] = mapped_column(MonthKey)
    validated_at: Mapped[datetime | None] = mapped_column(Instant)
    validated_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    reject_code: Mapped[str | None] = mapped_column(String(40))
    reject_reason: Mapped[str | None] = mapped_column(Text)
    withdrawn: Mapped[str | None] = mapped_column(String(12))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    beaten_on: Mapped[date | None] = mapped_column(LocalDate)
    body_hash: Mapped[bytes | None] = mapped_column(Fingerprint)
    details: Mapped[dict[str, Any] | None] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
