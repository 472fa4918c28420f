"""Tables of points: rule versions and their drafts, the month row, the ledger and the live standings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, BigInt, Instant, Json, Key, LocalDate, MonthKey
from portal.domain.plans import content_hash


class PointsRule(Base):
    """An approved version of the points rules; the version in force on the earned date decides.

    The database refuses update and delete. `changes` holds what differs from the version before, as lists of part,
    key, before and after. Versions that the portal shipped have no author and nothing to announce.
    """

    __tablename__ = "points_rules"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[date] = mapped_column(LocalDate, unique=True)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(
        String(64),
        server_default="-",  # an older version's rows are hashed by the migration
        default=lambda row: content_hash(row.get_current_parameters()["document"]),
    )
    written_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    approved_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    announced_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)
    changes: Mapped[list[Any] | None] = mapped_column(Json)


class PointsRuleDraft(Base):
    """A version that an admin wrote; approved by another one it becomes a version with a number.

    The database keeps what was written, and what was decided.
    """

    __tablename__ = "points_rule_drafts"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'approved', 'refused', 'withdrawn')", name="status"),
        CheckConstraint("(status = 'draft') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(status = 'approved') = (version IS NOT NULL)", name="numbered"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ref: Mapped[str] = mapped_column(String(36), unique=True)
    valid_from: Mapped[date] = mapped_column(LocalDate)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12), default="draft")
    written_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    written_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int | None] = mapped_column(ForeignKey("points_rules.version"), unique=True)


class Month(Base):
    """A month: open until it is closed, then never changed. Posting locks its row.

    `digest_format` names the format of the hashed file; None: portal-1, closed before the format was stored.
    """

    __tablename__ = "months"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'closed')", name="status"),
        CheckConstraint(
            "status = 'open' OR (digest IS NOT NULL AND closed_at IS NOT NULL)",
            name="closed_whole",
        ),
    )

    month: Mapped[str] = mapped_column(MonthKey, primary_key=True)
    status: Mapped[str] = mapped_column(String(8), default="open")
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    digest: Mapped[str | None] = mapped_column(String(64))
    digest_format: Mapped[str | None] = mapped_column(String(16))
    previous_digest: Mapped[str | None] = mapped_column(String(64))
    summary: Mapped[dict[str, Any] | None] = mapped_column(Json)


class MonthRelease(Base):
    """An admin's decision that a month may close without the extract, with the reason (rules.md 1.5)."""

    __tablename__ = "month_releases"

    month: Mapped[str] = mapped_column(MonthKey, primary_key=True)
    released_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    released_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text)


class LedgerEntry(Base):
    """One entry of the append-only ledger (rules.md 3.1). The database refuses update and delete."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("points <> 0", name="points"),
        CheckConstraint("month >= original_month", name="not_before_earned"),
        CheckConstraint(
            "(reverses IS NULL) = (kind NOT LIKE '%\\_reversal' ESCAPE '\\')",
            name="reversal_names_its_original",
        ),
        UniqueConstraint("source", "kind"),
        UniqueConstraint("reverses"),
        Index("ix_ledger_entries_month_cadre", "month", "cadre_id"),
        Index("ix_ledger_entries_cadre", "cadre_id", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    branch_id: Mapped[int] = mapped_column(Key, ForeignKey("branches.id"))
    month: Mapped[str] = mapped_column(MonthKey, ForeignKey("months.month"))
    original_month: Mapped[str] = mapped_column(MonthKey)
    points: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(24))
    source: Mapped[str] = mapped_column(String(80))
    rule_version: Mapped[int] = mapped_column(ForeignKey("points_rules.version"))
    earned_on: Mapped[date] = mapped_column(LocalDate)
    posted_at: Mapped[datetime] = mapped_column(Instant)
    posted_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    reverses: Mapped[int | None] = mapped_column(Key, ForeignKey("ledger_entries.id"))


class WaitingEntry(Base):
    """Points earned in a month that has not begun; the scheduler or that month's close posts them (rules.md 1.3)."""

    __tablename__ = "waiting_entries"
    __table_args__ = (UniqueConstraint("source", "kind"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    month: Mapped[str] = mapped_column(MonthKey, index=True)
    kind: Mapped[str] = mapped_column(String(24))
    source: Mapped[str] = mapped_column(String(80))
    points: Mapped[int] = mapped_column()
    rule_version: Mapped[int] = mapped_column()
    earned_on: Mapped[date] = mapped_column(LocalDate)
    noted_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))


class Standing(Base):
    """A cadre's live total of a period, kept up to date in the posting's transaction.

    A period is a month, a quarter ('2026-Q4'), a year ('2026') or all time ('ALL'). Branch, office and host body are
    those of the month; for the other periods those of today (rules.md 4.1). `score` is what boards sort by: points ×
    1,000,000 + validated sign-ups + 500,000, so that one index gives exact ranks.
    """

    __tablename__ = "standings"
    __table_args__ = (
        Index("ix_standings_branch", "period", "branch_id", "score", "cadre_id"),
        Index("ix_standings_region", "period", "regional_office_id", "score", "cadre_id"),
        Index("ix_standings_nation", "period", "score", "cadre_id"),
    )

    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True)
    period: Mapped[str] = mapped_column(MonthKey, primary_key=True)
    branch_id: Mapped[int] = mapped_column(Key, ForeignKey("branches.id"))
    regional_office_id: Mapped[int] = mapped_column(Key, ForeignKey("regional_offices.id"))
    host_body_id: Mapped[int | None] = mapped_column(Key)
    points: Mapped[int] = mapped_column(BigInt, default=0)
    validated_signups: Mapped[int] = mapped_column(default=0)
    score: Mapped[int] = mapped_column(BigInt, default=500_000)


class ScoreCount(Base):
    """How many cadres of the nation have a number of points in a period, per point (level 0) and per 64 (level 1)."""

    __tablename__ = "score_counts"

    period: Mapped[str] = mapped_column(MonthKey, primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bucket: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    cadres: Mapped[int] = mapped_column(default=0)


class LateMark(Base):
    """A cadre whose closed month has to be computed again at the next close (rules.md 6, late money)."""

    __tablename__ = "late_marks"
    __table_args__ = (UniqueConstraint("cadre_id", "month"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    month: Mapped[str] = mapped_column(MonthKey, index=True)
    marked_at: Mapped[datetime] = mapped_column(Instant)
