"""Tables of coverage: estimates and kept sums of villages, targets of cadres."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, BigInt, Instant, Key, MonthKey

FOR_EVER: Final = 9999  # the last year of an estimate that no later one follows


class VillageEstimate(Base):
    """The estimated informal workers of a village, from a year on until a later year's estimate.

    `last_year` is the year before that one (FOR_EVER without a later estimate): the import keeps it, so that nobody
    has to look for later estimates. `target` is how many participants there should be, if somebody said so; `source`
    says whose estimate it is and how far it may be out.
    """

    __tablename__ = "village_estimates"
    __table_args__ = (
        CheckConstraint("informal_workers >= 0", name="informal_workers"),
        CheckConstraint("target >= 0", name="target"),
    )

    village_code: Mapped[str] = mapped_column(String(10), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_year: Mapped[int] = mapped_column()
    informal_workers: Mapped[int] = mapped_column()
    target: Mapped[int | None] = mapped_column()
    source: Mapped[str] = mapped_column(String(200))


class VillageSum(Base):
    """A part of what triggers count of a village, by the branch of the reports; `part` numbers the rows of one sum.

    `visits` are approved reports there; `participants` those active or in grace whose sign-up was made at a report
    there (docs/decisions/0039).
    """

    __tablename__ = "village_sums"
    __table_args__ = (Index("ix_village_sums_branch", "branch_id", "village_code"),)

    village_code: Mapped[str] = mapped_column(String(10), primary_key=True)
    branch_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    visits: Mapped[int] = mapped_column(BigInt)
    participants: Mapped[int] = mapped_column(BigInt)


class CadreTarget(Base):
    """How many villages where nobody had been before a cadre shall visit in a month."""

    __tablename__ = "cadre_targets"
    __table_args__ = (CheckConstraint("villages BETWEEN 0 AND 99", name="villages"),)

    cadre_id: Mapped[int] = mapped_column(Key, ForeignKey("cadres.id"), primary_key=True, autoincrement=False)
    month: Mapped[str] = mapped_column(MonthKey, primary_key=True)
    villages: Mapped[int] = mapped_column()
    set_at: Mapped[datetime] = mapped_column(Instant)
    set_by: Mapped[int] = mapped_column(Key, ForeignKey("users.id"))
