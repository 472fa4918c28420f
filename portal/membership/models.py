"""Tables of membership: imports of the official extract, participants, contributions, conflicts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, Fingerprint, Instant, Json, Key, LocalDate, MonthKey, Rupiah, Sealed

# Whom a cadre keeps protected: the daily job looks through them by the month they paid last.
CARED_FOR = "cadre_id IS NOT NULL AND status <> 'lapsed'"


class ExtractImport(Base):
    """One official extract: previewed, then applied. The uploaded file is deleted after application."""

    __tablename__ = "extract_imports"
    __table_args__ = (
        CheckConstraint(
            "status IN ('uploaded', 'previewed', 'applied', 'refused', 'discarded')", name="status"
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    stored_name: Mapped[str | None] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    as_of: Mapped[date] = mapped_column(LocalDate)
    status: Mapped[str] = mapped_column(String(12))
    skip_bad: Mapped[bool] = mapped_column(default=False)
    uploaded_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    applied_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    applied_at: Mapped[datetime | None] = mapped_column(Instant)
    job_id: Mapped[int | None] = mapped_column(Key, ForeignKey("jobs.id"))
    counts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    problems: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)


class Participant(Base):
    """A person of the extract: one record per NIK, as long as it is kept (rules.md 9.3).

    `signup_id` names the validated sign-up that its contributions count for; `cadre_id` is that sign-up's cadre, or the
    one it was handed over to since. Of a worker who was new, `cohort_month` is the earned month of that sign-up and
    `cohort_branch_id` the branch that its cadre was in when it was validated; both stay. `status` is as of the
    newest applied extract; `last_paid_month` is the last BLTH paid.
    """

    __tablename__ = "participants"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'grace', 'lapsed')", name="status"),
        Index("ix_participants_kpj", "kpj_hash"),
        Index("ix_participants_birth", "birth_date"),
        Index("ix_participants_cadre", "cadre_id", "status"),
        Index(
            "ix_participants_paid",
            "last_paid_month",
            "id",
            sqlite_where=text(CARED_FOR),
            postgresql_where=text(CARED_FOR),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    nik_hash: Mapped[bytes] = mapped_column(Fingerprint, unique=True)
    kpj_hash: Mapped[bytes | None] = mapped_column(Fingerprint)
    name_sealed: Mapped[bytes] = mapped_column(Sealed)
    birth_date: Mapped[date] = mapped_column(LocalDate)
    first_registered_on: Mapped[date] = mapped_column(LocalDate)
    pack: Mapped[str] = mapped_column(String(12))
    branch_code: Mapped[str] = mapped_column(String(32))
    last_paid_month: Mapped[str | None] = mapped_column(MonthKey)
    status: Mapped[str] = mapped_column(String(8))
    signup_id: Mapped[int | None] = mapped_column(Key, ForeignKey("signups.id"))
    cadre_id: Mapped[int | None] = mapped_column(Key, ForeignKey("cadres.id"))
    cohort_month: Mapped[str | None] = mapped_column(MonthKey)
    cohort_branch_id: Mapped[int | None] = mapped_column(Key)
    as_of: Mapped[date] = mapped_column(LocalDate)
    import_id: Mapped[int] = mapped_column(Key, ForeignKey("extract_imports.id"))


class Contribution(Base):
    """One contribution month actually paid. `number`, `signup_id` and `cadre_id` say for whom it counts.

    `earned_on` and `earned_month` follow the receipt; under a plan that recognises by coverage, the month covered
    counts instead (incentives/queries/recognition.py).
    """

    __tablename__ = "contributions"
    __table_args__ = (
        UniqueConstraint("participant_id", "blth"),
        CheckConstraint("amount >= 0", name="amount"),
        Index("ix_contributions_earned", "earned_month", "cadre_id"),
        Index("ix_contributions_signup", "signup_id", "number"),
        Index("ix_contributions_cadre", "cadre_id", "number"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    participant_id: Mapped[int] = mapped_column(Key, ForeignKey("participants.id"))
    blth: Mapped[str] = mapped_column(MonthKey)
    paid_on: Mapped[date] = mapped_column(LocalDate)
    amount: Mapped[int] = mapped_column(Rupiah)
    payer_type: Mapped[str] = mapped_column(String(16))
    pack: Mapped[str] = mapped_column(String(12))
    import_id: Mapped[int] = mapped_column(Key, ForeignKey("extract_imports.id"), index=True)
    signup_id: Mapped[int | None] = mapped_column(Key, ForeignKey("signups.id"))
    cadre_id: Mapped[int | None] = mapped_column(Key, ForeignKey("cadres.id"))
    number: Mapped[int | None] = mapped_column()
    earned_on: Mapped[date | None] = mapped_column(LocalDate)
    earned_month: Mapped[str | None] = mapped_column(MonthKey)


class HandOver(Base):
    """A participant handed over to another cadre, from the first day of a month on (rules.md 5.4).

    It belongs to the validated sign-up: a later sign-up of the same worker knows nothing of it. What is paid from
    that day is the new cadre's; of two from the same month the later row holds. `in_force`: its month has begun, and
    the participant is the new cadre's. Nothing else of a row ever changes: the database sees to it.
    """

    __tablename__ = "hand_overs"
    __table_args__ = (
        CheckConstraint("from_cadre_id <> to_cadre_id", name="cadres"),
        Index("ix_hand_overs_signup", "signup_id", "from_month"),
        Index(
            "ix_hand_overs_planned",
            "from_month",
            sqlite_where=text("NOT in_force"),
            postgresql_where=text("NOT in_force"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    signup_id: Mapped[int] = mapped_column(Key, ForeignKey("signups.id"))
    participant_id: Mapped[int] = mapped_column(Key, ForeignKey("participants.id"), index=True)
    from_cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), index=True)
    to_cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), index=True)
    from_month: Mapped[str] = mapped_column(MonthKey)
    in_force: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


class ContributionConflict(Base):
    """An extract row that is not applied until a validator decides (rules.md 5.2).

    It disagrees with the stored contribution of its key, participant and BLTH, or with another row of the same key
    in its file: then none of those is stored.
    """

    __tablename__ = "contribution_conflicts"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'accepted', 'dismissed')", name="status"),
        UniqueConstraint(
            "participant_id",
            "blth",
            "new_amount",
            "new_paid_on",
            "new_payer_type",
            "new_pack",
            name="uq_contribution_conflicts_row",
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    import_id: Mapped[int] = mapped_column(Key, ForeignKey("extract_imports.id"), index=True)
    participant_id: Mapped[int] = mapped_column(Key, ForeignKey("participants.id"))
    blth: Mapped[str] = mapped_column(MonthKey)
    new_amount: Mapped[int] = mapped_column(Rupiah)
    new_paid_on: Mapped[date] = mapped_column(LocalDate)
    new_payer_type: Mapped[str] = mapped_column(String(16))
    new_pack: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(12), default="open", index=True)
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)
