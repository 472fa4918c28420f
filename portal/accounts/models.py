"""Tables of accounts: users, sessions, kept forms, sign-in attempts, reset codes, requests."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, BigInt, Fingerprint, Instant, Json, Key, Sealed


class User(Base):
    """An account: who may sign in, with role and scope. The operator's account cannot sign in.

    `made_by` created the account and saw its first password; `made_beside` is the second admin where two were
    needed. Devices that signed in before `devices_from` count as unknown again. `changes_seen` is the newest audit
    event about this account that its owner acknowledged. `unread` is the number of unread messages, kept by
    portal/messages, `moments` that of the moments no page has told, kept by portal/recognition: pages have them without
    asking.
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
        Index("ix_users_branch", "branch_id", "scope", "role"),
        Index(
            "ix_users_office",
            "regional_office_id",
            sqlite_where=text("regional_office_id IS NOT NULL"),
            postgresql_where=text("regional_office_id IS NOT NULL"),
        ),
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
    branch_id: Mapped[int | None] = mapped_column(Key, ForeignKey("branches.id"))
    regional_office_id: Mapped[int | None] = mapped_column(Key, ForeignKey("regional_offices.id"))
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    locale: Mapped[str | None] = mapped_column(String(2))
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    created_at: Mapped[datetime] = mapped_column(Instant)
    devices_from: Mapped[datetime | None] = mapped_column(Instant)
    changes_seen: Mapped[int] = mapped_column(BigInt, default=0, server_default="0")
    unread: Mapped[int] = mapped_column(BigInt, default=0, server_default="0")
    moments: Mapped[int] = mapped_column(BigInt, default=0, server_default="0")
    made_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id", name="fk_users_made_by_users"))
    made_beside: Mapped[int | None] = mapped_column(
        Key, ForeignKey("users.id", name="fk_users_made_beside_users")
    )
    version: Mapped[int] = mapped_column(default=1)


class UserSession(Base):
    """A signed-in device, listed and revoked by its owner; the cookie contains a token, the row its hash."""

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


class AccessToken(Base):
    """A personal token with which a program acts for somebody; the program has the token, the row its hash.

    `scopes` is what it is for (domain/actors.py). It opens the interface for programs and no page.
    """

    __tablename__ = "access_tokens"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(Fingerprint, unique=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    expires_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


def kept_context(number: int) -> str:
    """Return the context that seals a kept form and its files to their row."""
    return f"kept_forms:{number}"


class KeptForm(Base):
    """What somebody typed when their session had ended: sealed, for that person alone, and for an hour.

    `files` are the stored names of the chosen files, which are sealed as well.
    """

    __tablename__ = "kept_forms"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(Fingerprint, unique=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"), index=True)
    body_sealed: Mapped[bytes] = mapped_column(Sealed, info={"context": (kept_context, ("id",))})
    files: Mapped[list[str]] = mapped_column(Json)
    kept_at: Mapped[datetime] = mapped_column(Instant, index=True)


class LoginAttempt(Base):
    """A sign-in attempt, counted by the throttle; its lane (whose account, from where) is a keyed hash.

    `address` is empty where the address does not count: a known device, a signed-in person, a one-time code.
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
    """An admin's one-time code with which a person sets a new password; only its hash is stored.

    `made_by` saw the code; `made_beside` is the second admin where two were needed.
    """

    __tablename__ = "reset_codes"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("users.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(Fingerprint, unique=True)
    made_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    made_beside: Mapped[int | None] = mapped_column(
        Key, ForeignKey("users.id", name="fk_reset_codes_made_beside_users")
    )
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class AccountRequest(Base):
    """What one admin asks for a finance or admin account, and another confirms or refuses (rules.md 8.5).

    `kind`: add an account, give it a role, or reset its password. Role, scope, branch and office are those wanted;
    for a reset, those of the account. `account_version` is the version that the asking admin saw.
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
