"""Tables of cadres: the cadre, their terms, changes of status, bank accounts."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, Code, Fingerprint, Instant, Key, LocalDate, MonthKey, Sealed
from portal.domain.bank_accounts import account_context


class Cadre(Base):
    """A cadre. Branch, host body and NPWP status here are those of the present month; see CadreTerm.

    `last_report_on` is the day of the last report, whatever became of it; triggers on the reports keep it.
    `active_since`: the day of the last activation or reinstatement here. `returns_from`: the month from which a cadre
    suspended for inactivity may come back. `certified_until` is the last day of the certificate, `submits_until` the
    last day on which the cadre may submit under it (rules.md 10.3); `certificate_on` is the day of the newest
    certificate that this portal issued: no date from elsewhere that lies before it counts.
    """

    __tablename__ = "cadres"
    __table_args__ = (
        CheckConstraint(
            "status IN ('candidate', 'active', 'suspended', 'under_investigation', 'ended')",
            name="status",
        ),
        Index("ix_cadres_silent", "status", "last_report_on", "name", "id"),
        Index("ix_cadres_silent_branch", "branch_id", "status", "last_report_on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    user_id: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    alias: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(24))
    branch_id: Mapped[int] = mapped_column(Key, ForeignKey("branches.id"), index=True)
    host_body_id: Mapped[int | None] = mapped_column(Key, ForeignKey("host_bodies.id"), index=True)
    npwp_valid: Mapped[bool] = mapped_column(Boolean, default=False)
    joined_on: Mapped[date | None] = mapped_column(LocalDate)
    certified_on: Mapped[date | None] = mapped_column(LocalDate)
    certified_until: Mapped[date | None] = mapped_column(LocalDate)
    submits_until: Mapped[date | None] = mapped_column(LocalDate)
    certificate_on: Mapped[date | None] = mapped_column(LocalDate)
    birth_date: Mapped[date | None] = mapped_column(LocalDate)
    email: Mapped[str | None] = mapped_column(String(254))
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_hash: Mapped[bytes | None] = mapped_column(Fingerprint, index=True)
    nik_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    nik_hash: Mapped[bytes | None] = mapped_column(Fingerprint, unique=True)
    last_report_on: Mapped[date | None] = mapped_column(LocalDate)
    active_since: Mapped[date | None] = mapped_column(LocalDate)
    returns_from: Mapped[str | None] = mapped_column(MonthKey)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)


class CadreTerm(Base):
    """A cadre's branch, host body and NPWP status from the first day of a month on (rules.md 1.7, 6).

    The first term starts at month '0000-00', that is, from the beginning.
    """

    __tablename__ = "cadre_terms"
    __table_args__ = (UniqueConstraint("cadre_id", "from_month"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    from_month: Mapped[str] = mapped_column(MonthKey)
    branch_id: Mapped[int] = mapped_column(Key, ForeignKey("branches.id"), index=True)
    host_body_id: Mapped[int | None] = mapped_column(Key, ForeignKey("host_bodies.id"))
    npwp_valid: Mapped[bool] = mapped_column(Boolean, default=False)


class CadreState(Base):
    """A change of a cadre's status, and the local day on which it began: who was suspended when (rules.md 11.2)."""

    __tablename__ = "cadre_states"
    __table_args__ = (Index("ix_cadre_states_cadre", "cadre_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    status: Mapped[str] = mapped_column(String(24))
    from_day: Mapped[date] = mapped_column(LocalDate)
    at: Mapped[datetime] = mapped_column(Instant)


class BankAccount(Base):
    """A cadre's bank account; a changed account is a new, unverified row, and the old row is no longer current.

    The number is sealed for this row alone. `confirmed_at`: when somebody confirmed, after a failed payment, that
    it is right.
    """

    __tablename__ = "bank_accounts"
    __table_args__ = (
        CheckConstraint("verified_by IS NULL OR verified_by <> entered_by", name="verified_by_another"),
        Index(
            "uq_bank_accounts_current",
            "cadre_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        # In the words in which each database is asked: SQLite finds a partial index by them.
        Index(
            "ix_bank_accounts_unverified",
            "cadre_id",
            sqlite_where=text("is_current = 1 AND NOT (verified_by IS NOT NULL OR imported_verified = 1)"),
            postgresql_where=text("is_current AND NOT (verified_by IS NOT NULL OR imported_verified)"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), index=True)
    bank_code: Mapped[str] = mapped_column(String(16))
    account_sealed: Mapped[bytes] = mapped_column(
        Sealed,
        info={"context": (account_context, ("cadre_id", "entered_at", "bank_code", "holder"))},
    )
    account_hash: Mapped[bytes] = mapped_column(Fingerprint, index=True)
    account_tail: Mapped[str] = mapped_column(String(4))
    holder: Mapped[str] = mapped_column(String(120))
    is_current: Mapped[bool] = mapped_column(Boolean, default=True)
    entered_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    verified_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    imported_verified: Mapped[bool] = mapped_column(Boolean, default=False)
    confirmed_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
