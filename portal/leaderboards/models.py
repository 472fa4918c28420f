"""The tables of frozen standings, and of each cadre's place at the end of yesterday."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, BigInt, Code, Key, LocalDate, MonthKey


class FrozenStanding(Base):
    """A cadre's place in a closed month in one scope: written once by the close, never changed."""

    __tablename__ = "frozen_standings"
    __table_args__ = (
        CheckConstraint("scope IN ('branch', 'region', 'nation')", name="scope"),
        CheckConstraint("(rank IS NULL) = (points <= 0)", name="rank_above_zero"),
        Index("ix_frozen_standings_board", "month", "scope", "scope_code", "rank", "cadre_id"),
    )

    month: Mapped[str] = mapped_column(MonthKey, ForeignKey("months.month"), primary_key=True)
    scope: Mapped[str] = mapped_column(String(8), primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True)
    scope_code: Mapped[str] = mapped_column(Code)
    cadre_code: Mapped[str] = mapped_column(Code)
    branch_code: Mapped[str] = mapped_column(Code)
    rank: Mapped[int | None] = mapped_column()
    points: Mapped[int] = mapped_column(BigInt)
    validated_signups: Mapped[int] = mapped_column()


class RankDay(Base):
    """A cadre's place in the branch at the beginning of a local day: what the day before ended with.

    Kept for today and yesterday, for the cadre's own eyes; nothing else is computed from it.
    """

    __tablename__ = "rank_days"
    __table_args__ = (Index("ix_rank_days_day", "day"),)

    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True)
    day: Mapped[date] = mapped_column(LocalDate, primary_key=True)
    month: Mapped[str] = mapped_column(MonthKey)
    rank: Mapped[int] = mapped_column()


class RankRound(Base):
    """A local day of a zone whose places are kept; the first scheduler that stores the row keeps them."""

    __tablename__ = "rank_rounds"

    time_zone: Mapped[str] = mapped_column(String(32), primary_key=True)
    day: Mapped[date] = mapped_column(LocalDate, primary_key=True)
