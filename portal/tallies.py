"""Sums of what the first pages count, so that a page costs the same however large the nation is.

Triggers keep them (migrations/versions/*_tallies.py): no path of code can forget it. On SQLite one row holds a sum; on
PostgreSQL each writing statement adds a row, so writers never wait for each other; readers add up, the scheduler folds.
`portal verify` holds all of them against a fresh count (verification/queries/tallies.py).

What a row itself names is kept by branch: reports, cadres, standings. A sign-up belongs to the branch where its cadre
is now, so those sums, and those of participants and bank accounts, are of the nation (branch 0); whoever leads less
counts the rows of their own branches.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, String, delete, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from portal.database.columns import Base, BigInt, Key, MonthKey
from portal.database.extensions import db
from portal.database.guarded import change

# The zone whose months the confirmed sign-ups of a state are counted in.
ZONE_STATES: Final[Mapping[str, str]] = {"Asia/Jakarta": "7", "Asia/Makassar": "8", "Asia/Jayapura": "9"}


class Tally(Base):
    """A part of a sum: what is counted, in which state, month ('' without one) and branch (0: the nation).

    `part` numbers the rows of one sum.
    """

    __tablename__ = "tallies"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    state: Mapped[str] = mapped_column(String(32), primary_key=True)
    month: Mapped[str] = mapped_column(MonthKey, primary_key=True)
    branch_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(BigInt, primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(BigInt)


def total(kind: str, *conditions: ColumnElement[bool]) -> int:
    """Return a sum over all states, months and branches, or over those that conditions on Tally name."""
    return sum(total_by(Tally.state, kind, *conditions).values())


def total_by(
    column: InstrumentedAttribute[str], kind: str, *conditions: ColumnElement[bool]
) -> dict[str, int]:
    """Return the sums of a kind by state or month."""
    query = select(column, func.sum(Tally.n)).where(Tally.kind == kind, *conditions).group_by(column)
    return {value: int(n) for value, n in db.session.execute(query)}


def fold_tallies() -> int:
    """Add the parts of each sum together and drop empty ones; return how many rows were taken away.

    What somebody else folds at the same time is passed over, so any number of schedulers may do it.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        return change(delete(Tally).where(Tally.n == 0)).rowcount
    folded: Any = db.session.execute(text(_FOLD)).one()
    return int(folded.taken)


# One statement, so that no reader sees a sum twice or not at all.
_FOLD: Final = """
  WITH many AS (
    SELECT kind, state, month, branch_id FROM tallies GROUP BY kind, state, month, branch_id
    HAVING count(*) > 1 OR sum(n) = 0
  ), held AS (
    SELECT t.kind, t.state, t.month, t.branch_id, t.part
    FROM tallies AS t JOIN many USING (kind, state, month, branch_id)
    FOR UPDATE OF t SKIP LOCKED
  ), gone AS (
    DELETE FROM tallies AS t USING held
    WHERE (t.kind, t.state, t.month, t.branch_id, t.part)
      = (held.kind, held.state, held.month, held.branch_id, held.part)
    RETURNING t.kind, t.state, t.month, t.branch_id, t.n
  ), kept AS (
    INSERT INTO tallies (kind, state, month, branch_id, part, n)
    SELECT kind, state, month, branch_id, nextval('tallies_part'), sum(n) FROM gone
    GROUP BY kind, state, month, branch_id HAVING sum(n) <> 0
  ) SELECT count(*) AS taken FROM gone
"""
