"""Reads of kept sums."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.database.extensions import db
from portal.tallies.models import Tally

# The zone whose months the confirmed sign-ups of a state are counted in.
ZONE_STATES: Final[Mapping[str, str]] = {"Asia/Jakarta": "7", "Asia/Makassar": "8", "Asia/Jayapura": "9"}


def total(kind: str, *conditions: ColumnElement[bool]) -> int:
    """Return a sum over all states, months and branches, or over those that conditions on Tally name."""
    return sum(total_by(Tally.state, kind, *conditions).values())


def total_by(
    column: InstrumentedAttribute[str], kind: str, *conditions: ColumnElement[bool]
) -> dict[str, int]:
    """Return the sums of a kind by state or month."""
    query = select(column, func.sum(Tally.n)).where(Tally.kind == kind, *conditions).group_by(column)
    return {value: int(n) for value, n in db.session.execute(query)}
