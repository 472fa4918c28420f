"""Tables of incentives: plan versions, assignments, tax tables, statements, lines and their evidence."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, Code, Instant, Json, Key, MonthKey, Rupiah


class PlanVersion(Base):
    """A version of an incentive plan, valid from a month on; approved by a second person."""

    __tablename__ = "plan_versions"
    __table_args__ = (UniqueConstraint("code", "version"), UniqueConstraint("code", "valid_from"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Code)
    version: Mapped[int] = mapped_column()
    valid_from: Mapped[str] = mapped_column(MonthKey)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(String(64))
    loaded_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    loaded_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)


class PlanAssignment(Base):
    """The plan of a branch from a month on; an empty code means no plan."""

    __tablename__ = "plan_assignments"
    __table_args__ = (UniqueConstraint("branch_id", "from_month"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    branch_id: Mapped[int] = mapped_column(Key, ForeignKey("branches.id"))
    from_month: Mapped[str] = mapped_column(MonthKey)
    plan_code: Mapped[str | None] = mapped_column(Code)
    assigned_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    assigned_at: Mapped[datetime] = mapped_column(Instant)


class TaxTable(Base):
    """A version of the tax rules, valid from a month on."""

    __tablename__ = "tax_tables"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[str] = mapped_column(MonthKey, unique=True)
    document: Mapped[dict[str, Any]] = mapped_column(Json)


class Statement(Base):
    """What a cadre is due for a closed month, with every input that is not in the ledger. Never changed."""

    __tablename__ = "statements"
    __table_args__ = (
        UniqueConstraint("month", "cadre_id"),
        Index("ix_statements_cadre", "cadre_id", "month"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    month: Mapped[str] = mapped_column(MonthKey, ForeignKey("months.month"))
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    cadre_code: Mapped[str] = mapped_column(Code)
    branch_code: Mapped[str] = mapped_column(Code)
    region_code: Mapped[str] = mapped_column(Code)
    zone: Mapped[str] = mapped_column(String(32))
    host_code: Mapped[str | None] = mapped_column(Code)
    plan_code: Mapped[str | None] = mapped_column(Code)
    plan_version: Mapped[int | None] = mapped_column()
    tax_version: Mapped[int] = mapped_column(default=1)
    npwp_valid: Mapped[bool] = mapped_column(Boolean)
    minimum_payout: Mapped[int] = mapped_column(Rupiah, default=0)
    points: Mapped[int] = mapped_column(default=0)
    gross: Mapped[int] = mapped_column(Rupiah)
    taxable: Mapped[int] = mapped_column(Rupiah)
    tax: Mapped[int] = mapped_column(Rupiah)
    net: Mapped[int] = mapped_column(Rupiah)
    carried_in: Mapped[int] = mapped_column(Rupiah)
    carried_out: Mapped[int] = mapped_column(Rupiah)
    payable: Mapped[int] = mapped_column(Rupiah)
    host_amount: Mapped[int] = mapped_column(Rupiah, default=0)


class StatementLine(Base):
    """One line of a statement: component, base, rate, count and amount, with its plan version."""

    __tablename__ = "statement_lines"
    __table_args__ = (
        UniqueConstraint("statement_id", "line_no"),
        Index("ix_statement_lines_cadre", "cadre_id", "original_month"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    statement_id: Mapped[int] = mapped_column(Key, ForeignKey("statements.id"))
    month: Mapped[str] = mapped_column(MonthKey)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    line_no: Mapped[int] = mapped_column()
    component: Mapped[str] = mapped_column(String(24))
    original_month: Mapped[str] = mapped_column(MonthKey)
    band: Mapped[str] = mapped_column(String(24), default="")
    base: Mapped[int | None] = mapped_column(Rupiah)
    rate: Mapped[str] = mapped_column(String(24), default="")
    count: Mapped[int | None] = mapped_column()
    amount: Mapped[int] = mapped_column(Rupiah)
    plan_code: Mapped[str] = mapped_column(Code)
    plan_version: Mapped[int] = mapped_column()
    details: Mapped[dict[str, Any] | None] = mapped_column(Json)


class LineEvidence(Base):
    """What a line was computed from: a sign-up, a contribution, a badge or a ledger entry."""

    __tablename__ = "line_evidence"

    line_id: Mapped[int] = mapped_column(Key, ForeignKey("statement_lines.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    ref_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)


class HostAmount(Base):
    """What a host body is due for one cadre and earned month, posted at a close.

    Base and amount are differences from what was posted before; in months whose digest has no block H (format
    portal-1) the base is the whole base as known then.
    """

    __tablename__ = "host_amounts"
    __table_args__ = (UniqueConstraint("month", "cadre_id", "original_month"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    month: Mapped[str] = mapped_column(MonthKey, ForeignKey("months.month"))
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), index=True)
    original_month: Mapped[str] = mapped_column(MonthKey)
    host_code: Mapped[str] = mapped_column(Code)
    base: Mapped[int] = mapped_column(Rupiah)
    amount: Mapped[int] = mapped_column(Rupiah)
