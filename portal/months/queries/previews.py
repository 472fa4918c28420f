"""A month as its close would freeze it now: everything is computed, nothing is written (rules.md 7.2)."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.domain.digest import DigestWriter
from portal.incentives.computation.computing import compute, prepare_month
from portal.incentives.computation.places import preview_rows
from portal.incentives.computation.results import ComputedStatement, Totals
from portal.incentives.queries.late import late_pairs
from portal.months.queries.digests import StatementBlocks, write_posted, write_standings
from portal.months.queries.status import previous_digest


@dataclass(frozen=True)
class Preview:
    """What a month would close with; `statements` is empty unless asked for."""

    month: str
    digest: str
    totals: Totals
    statements: list[ComputedStatement]


def preview_month(month: str, *, statements: bool = False) -> Preview:
    """Compute an open month up to its digest as of now, writing nothing."""
    writer = DigestWriter(month, previous_digest(month))
    write_posted(writer, month, waiting=True)
    rows = list(preview_rows(month))
    write_standings(writer, rows)
    context = prepare_month(month, lambda _: rows)
    blocks, totals, kept = StatementBlocks(writer), Totals(), []
    for one in compute(context, late_pairs(month=month, needs=context.needs)):
        totals.add(one)
        blocks.add(one)
        if statements:
            kept.append(one)
    blocks.finish()
    return Preview(month, writer.hexdigest(), totals, kept)


def preview_statements(month: str) -> Iterator[ComputedStatement]:
    """Yield the statements that an open month would have now."""
    context = prepare_month(month, lambda _: preview_rows(month))
    yield from compute(context, late_pairs(month=month, needs=context.needs))
