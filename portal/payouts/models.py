"""Tables of payouts: batches and their rows."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, Code, Instant, Key, Rupiah, Sealed
from portal.domain.payouts import payout_context


class PayoutBatch(Base):
    """A batch: prepared by one finance officer, approved or rejected by another.

    `file_sha256` is that of the bank file, fixed by the approval and compared at each export.
    """

    __tablename__ = "payout_batches"
    __table_args__ = (
        CheckConstraint("status IN ('prepared', 'approved', 'rejected', 'settled')", name="status"),
        CheckConstraint("approved_by IS NULL OR approved_by <> prepared_by", name="approved_by_another"),
        CheckConstraint("rejected_by IS NULL OR rejected_by <> prepared_by", name="rejected_by_another"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Code, unique=True)
    status: Mapped[str] = mapped_column(String(12))
    payments: Mapped[int] = mapped_column()
    total: Mapped[int] = mapped_column(Rupiah)
    prepared_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    prepared_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    rejected_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    rejected_at: Mapped[datetime | None] = mapped_column(Instant)
    reject_reason: Mapped[str | None] = mapped_column(Text)
    exported_at: Mapped[datetime | None] = mapped_column(Instant)
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)


class Payout(Base):
    """A payment of a statement: in at most one live batch, paid at most once; the index refuses a second.

    Preparer, batch, amount and account are fixed from preparation on; the account's number is sealed for this row
    alone. `failure_kind`: account, if the account was the reason, else other. A dissolved row was dropped from a
    prepared batch (its columns say by whom, when and why), or its batch was rejected.
    """

    __tablename__ = "payouts"
    __table_args__ = (
        CheckConstraint("status IN ('in_batch', 'paid', 'failed', 'dissolved')", name="status"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("is_live = (status IN ('in_batch', 'paid'))", name="live"),
        Index(
            "uq_payouts_live",
            "statement_id",
            unique=True,
            sqlite_where=text("is_live"),
            postgresql_where=text("is_live"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    batch_id: Mapped[int] = mapped_column(Key, ForeignKey("payout_batches.id"), index=True)
    statement_id: Mapped[int] = mapped_column(Key, ForeignKey("statements.id"), index=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), index=True)
    reference: Mapped[str] = mapped_column(String(19), unique=True)
    amount: Mapped[int] = mapped_column(Rupiah)
    bank_code: Mapped[str] = mapped_column(String(16))
    bank_account_id: Mapped[int | None] = mapped_column(Key, ForeignKey("bank_accounts.id"), index=True)
    account_sealed: Mapped[bytes] = mapped_column(
        Sealed, info={"context": (payout_context, ("reference", "bank_code", "holder"))}
    )
    account_tail: Mapped[str] = mapped_column(String(4))
    holder: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(12))
    is_live: Mapped[bool] = mapped_column(Boolean, default=True)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    failure: Mapped[str | None] = mapped_column(Text)
    failure_kind: Mapped[str | None] = mapped_column(String(12))
    dropped_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    dropped_at: Mapped[datetime | None] = mapped_column(Instant)
    drop_reason: Mapped[str | None] = mapped_column(Text)
