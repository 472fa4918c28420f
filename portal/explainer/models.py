"""Tables of the explainer: versions of the contribution table, and how often a cadre's link was opened."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, Instant, Json, Key, LocalDate, MonthKey


class ContributionTable(Base):
    """A version of the contribution table, in force from a month on (rules.md 13.1)."""

    __tablename__ = "contribution_tables"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[str] = mapped_column(MonthKey)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    content_hash: Mapped[str] = mapped_column(String(64))
    loaded_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
    loaded_at: Mapped[datetime] = mapped_column(Instant)


class Opening(Base):
    """How often a cadre's link was opened on a local day: a number, and nothing about who opened it."""

    __tablename__ = "explainer_openings"
    __table_args__ = (CheckConstraint("openings > 0", name="openings"),)

    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(LocalDate, primary_key=True)
    openings: Mapped[int] = mapped_column()
