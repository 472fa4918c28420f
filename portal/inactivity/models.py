"""The table of proposals to suspend an inactive cadre."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, Instant, Key, MonthKey

_OPEN = "status = 'open'"


class InactivityProposal(Base):
    """A proposal to suspend a cadre, made after `month` was closed.

    `last_work_month`: the newest month with a new participant or a contribution; None if there never was one. It is
    *kept* when somebody decides that the cadre stays active, *over* when the cadre is at work again or no longer
    active.
    """

    __tablename__ = "inactivity_proposals"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'suspended', 'kept', 'over')", name="status"),
        UniqueConstraint("cadre_id", "month"),
        Index(
            "uq_inactivity_proposals_open",
            "cadre_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index("ix_inactivity_proposals_status", "status", "last_work_month", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"))
    month: Mapped[str] = mapped_column(MonthKey)
    last_work_month: Mapped[str | None] = mapped_column(MonthKey)
    status: Mapped[str] = mapped_column(String(12))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(Key, ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)
