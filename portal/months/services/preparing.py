"""Making a close ready while others write: everything is computed beside the database (SQLite; decision 0029).

On PostgreSQL a close keeps out nobody but those who post to its month, so there it needs no preparing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, cast

from sqlalchemy import Table

from portal.audit import LooseEnds, find_loose_ends
from portal.database.extensions import db
from portal.database.shelf import ChangedMeanwhileError, Shelf
from portal.domain.digest import DigestWriter
from portal.domain.months import parse_month
from portal.incentives.computation.computing import MonthContext, prepare_month
from portal.incentives.computation.places import winning_rows
from portal.incentives.computation.results import Totals
from portal.incentives.queries.late import late_pairs
from portal.incentives.services.awarding import Watch, store_awards
from portal.incentives.services.storing import STORED, Tables
from portal.leaderboards.models import FrozenStanding
from portal.leaderboards.services import freeze_standings
from portal.months.queries.digests import StatementBlocks, write_frozen, write_posted
from portal.months.queries.inputs import Inputs, have_changed, inputs_of, waits
from portal.months.queries.status import previous_digest
from portal.months.services.closable import require_closable
from portal.points.queries import is_closed

FROZEN: Final = cast("Table", FrozenStanding.__table__)
_TABLES: Final = (FROZEN, STORED.statements, STORED.lines, STORED.evidence, STORED.hosts)
Award = Callable[[MonthContext, Watch], Totals]


@dataclass(frozen=True)
class ReadyClose:
    """What a month closes with as long as its inputs stay as they were; the rows lie on the shelf."""

    month: str
    inputs: Inputs
    rows: Shelf
    totals: Totals
    digest: str
    ends: LooseEnds

    def store(self) -> None:
        """Move the rows in, under the lock; ChangedMeanwhileError if an input has changed since."""
        if have_changed(self.month, self.inputs):
            raise ChangedMeanwhileError
        self.rows.move_in()


def prepare_close(*, month: str, at: datetime, rows: Shelf, early: bool = False) -> ReadyClose | None:
    """Compute a month's close, writing onto the shelf alone; None where its transaction has to do it all."""
    month = parse_month(month)
    if db.session.get_bind().dialect.name != "sqlite" or is_closed(month) or waits(month):
        return None
    require_closable(month, at=at, early=early)
    inputs = inputs_of(month)
    frozen, *tables = rows.open(_TABLES)
    freeze_standings(month=month, into=frozen)

    def award(context: MonthContext, watch: Watch) -> Totals:
        pairs = late_pairs(month=month, needs=context.needs)
        return store_awards(context=context, pairs=pairs, watch=watch, into=Tables(*tables))

    totals, digest = award_and_hash(month, award, frozen=frozen)
    return ReadyClose(month, inputs, rows, totals, digest, find_loose_ends())


def award_and_hash(month: str, award: Award, *, frozen: Table = FROZEN) -> tuple[Totals, str]:
    """Award a month by its frozen standings and hash its blocks in the same pass."""
    writer = DigestWriter(month, previous_digest(month))
    write_posted(writer, month)
    write_frozen(writer, month, frozen=frozen)
    context = prepare_month(month, partial(winning_rows, month, frozen=frozen))
    blocks = StatementBlocks(writer)
    totals = award(context, blocks.add)
    blocks.finish()
    return totals, writer.hexdigest()
