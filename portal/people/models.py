"""Tables of people: offices, branches, users, sessions, cadres and their bank accounts."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.columns import Base, BigInt, Code, Fingerprint, Instant, Json, Key, LocalDate, MonthKey, Sealed
from portal.domain.people import account_context


class RegionalOffice(Base):
    """A regional office: it gathers branches."""

    __tablename__ = "regional_offices"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(120))


class Branch(Base):
    """A branch: the unit of review, ranking and plans, with its time zone."""

    __tablename__ = "branches"
    __table_args__ = (
        CheckConstraint("time_zone IN ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')", name="time_zone"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(120))
    regional_office_id: Mapped[int] = mapped_column(Key, ForeignKey("regional_offices.id"), index=True)
    time_zone: Mapped[str] = mapped_column(String(32))
    region_code: Mapped[str | None] = mapped_column(String(10))


class HostBody(Base):
    """A host body (wadah) that agents belong to."""

    __tablename__ = "host_bodies"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    name: Mapped[str] = mapped_column(String(120))


class User(Base):
    """An account: who may sign in, with role and scope. The operator is one that cannot sign in.

    `made_by` is who made the account and saw its first password, `made_beside` the second admin where it took two.
    Devices that signed in before `devices_from` are strangers again. `changes_seen` is the newest event of the
    audit trail about this account that its owner acknowledged.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint(
            "role IN ('cadre', 'supervisor', 'validator', 'finance', 'admin', 'auditor', 'operator')",
            name="role",
        ),
        CheckConstraint("scope IN ('branch', 'region', 'nation')", name="scope"),
        CheckConstraint("scope <> 'branch' OR branch_id IS NOT NULL", name="branch_scope"),
        CheckConstraint("scope <> 'region' OR regional_office_id IS NOT NULL", name="region_scope"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_hash: Mapped[bytes | None] = mapped_column(Fingerprint, unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    role: Mapped[str] = mapped_column(String(16))
    scope: Mapped[str] = mapped_column(String(8), default="branch")
    branch_id: Mapped[int | None] = mapped_column(Key, ForeignKey("branches.id"), index=True)
    regional_office_id: Mapped[int | None] = mapped_column(Key, ForeignKey("regional_offices.id"))
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    locale: Mapped[str | None] = mapped_column(String(2))
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    created_at: Mapped[datetime] = mapped_column(Instant)
    devices_from: Mapped[datetime | None] = mapped_column(Instant)
    changes_seen: Mapped[int] = mapped_column(BigInt, default=0, server_default=text("0"))
    made_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    made_beside: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(default=1)


class UserSession(Base):
    """A signed-in device, listed and revoked by its owner; the cookie holds a token, the row its hash."""

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(Fingerprint, unique=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    remembered: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    address: Mapped[str] = mapped_column(String(64), default="")
    device: Mapped[str] = mapped_column(String(200), default="")


def kept_context(number: int) -> str:
    """Return what a kept form and its files are sealed for: their own row."""
    return f"kept_forms:{number}"


class KeptForm(Base):
    """What somebody typed when the session had ended: sealed, for that person alone, and for an hour.

    `files` are the names in storage of what was chosen, sealed as well.
    """

    __tablename__ = "kept_forms"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(Fingerprint, unique=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"), index=True)
    body_sealed: Mapped[bytes] = mapped_column(Sealed, info={"context": (kept_context, ("id",))})
    files: Mapped[list[str]] = mapped_column(Json)
    kept_at: Mapped[datetime] = mapped_column(Instant, index=True)


class LoginAttempt(Base):
    """A failed or successful try, counted by the throttle; its lane (whose account, from where) is a keyed hash.

    `address` is empty where the address is not to count: a known device, somebody signed in, a one-time code.
    """

    __tablename__ = "login_attempts"
    __table_args__ = (
        Index("ix_login_attempts_identifier", "identifier_hash", "at"),
        Index("ix_login_attempts_address", "address", "at"),
        Index("ix_login_attempts_at", "at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    identifier_hash: Mapped[bytes] = mapped_column(Fingerprint)
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Instant)
    succeeded: Mapped[bool] = mapped_column(Boolean)


class ResetCode(Base):
    """An admin's one-time code with which somebody sets a new password; only its hash is kept.

    `made_by` saw the code; `made_beside` is the second admin where it took two.
    """

    __tablename__ = "reset_codes"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(Fingerprint, unique=True)
    made_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    made_beside: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class AccountRequest(Base):
    """What one admin asks of a finance or admin account, and another confirms or refuses (rules.md 8.5).

    `kind`: add a new account, give one a role, or reset its password. Role and place are those wanted; for a reset
    those of the account. `account_version` is the version that the asker saw.
    """

    __tablename__ = "account_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('add', 'role', 'reset')", name="kind"),
        CheckConstraint("status IN ('open', 'confirmed', 'refused')", name="status"),
        CheckConstraint("status <> 'confirmed' OR decided_by <> asked_by", name="confirmed_by_another"),
        Index(
            "uq_account_requests_open",
            "user_id",
            "kind",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(12), default="open", index=True)
    user_id: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    role: Mapped[str] = mapped_column(String(16))
    scope: Mapped[str] = mapped_column(String(8))
    branch_id: Mapped[int | None] = mapped_column(Key, ForeignKey("branches.id"))
    regional_office_id: Mapped[int | None] = mapped_column(Key, ForeignKey("regional_offices.id"))
    account_version: Mapped[int | None] = mapped_column()
    asked_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)


class Cadre(Base):
    """A cadre. Branch, host body and NPWP status here are those of the present month; see CadreTerm."""

    __tablename__ = "cadres"
    __table_args__ = (
        CheckConstraint(
            "status IN ('candidate', 'active', 'suspended', 'under_investigation', 'ended')",
            name="status",
        ),
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
    birth_date: Mapped[date | None] = mapped_column(LocalDate)
    email: Mapped[str | None] = mapped_column(String(254))
    phone_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    phone_hash: Mapped[bytes | None] = mapped_column(Fingerprint, index=True)
    nik_sealed: Mapped[bytes | None] = mapped_column(Sealed)
    nik_hash: Mapped[bytes | None] = mapped_column(Fingerprint, unique=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)


class CadreTerm(Base):
    """What holds for a cadre from the first day of a month: branch, host body, NPWP (rules.md 1.7, 6).

    The first term starts at month '0000-00', that is: from the beginning.
    """

    __tablename__ = "cadre_terms"
    __table_args__ = (UniqueConstraint("cadre_id", "from_month"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    from_month: Mapped[str] = mapped_column(MonthKey)
    branch_id: Mapped[int] = mapped_column(Key, ForeignKey("branches.id"), index=True)
    host_body_id: Mapped[int | None] = mapped_column(Key, ForeignKey("host_bodies.id"))
    npwp_valid: Mapped[bool] = mapped_column(Boolean, default=False)


class BankAccount(Base):
    """A cadre's bank account; a changed one is a new, unverified row and the old one is no longer current.

    Its number is sealed for this row alone. `confirmed_at`: somebody said after a failed payment that it is right.
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
