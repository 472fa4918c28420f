"""The tables of kept sums."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.columns import Base, BigInt, Key, MonthKey


class Tally(Base):
    """A part of a sum: what is counted, in which state, month ('' without one) and branch (0: the nation).

    Teams' points and members are kept by period instead of month, and by host body instead of branch. `part` numbers
    the rows of one sum.
    """

    __tablename__ = "tallies"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    state: Mapped[str] = mapped_column(String(32), primary_key=True)
    month: Mapped[str] = mapped_column(MonthKey, primary_key=True)
    branch_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(BigInt)


class CadreSum(Base):
    """A part of how many participants a cadre cares for, by their status; `part` numbers the rows of one cadre."""

    __tablename__ = "cadre_sums"

    cadre_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    active: Mapped[int] = mapped_column()
    grace: Mapped[int] = mapped_column()
    lapsed: Mapped[int] = mapped_column()
