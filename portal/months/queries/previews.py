"""A month as its close would freeze it now: everything computed, nothing written (rules.md 7.2)."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.incentives.queries import (
    ComputedStatement,
    Standings,
    Totals,
    compute,
    late_pairs,
    prepare,
    preview_rows,
)
from portal.months.queries.digests import (
    DigestWriter,
    StatementBlocks,
    write_posted,
    write_standings,
)
from portal.months.queries.status import previous_digest


@dataclass(frozen=True)
class Preview:
    """What a month would close with; `statements` is empty unless they were asked for."""

    month: str
    digest: str
    totals: Totals
    statements: list[ComputedStatement]


def preview_month(month: str, *, statements: bool = False) -> Preview:
    """Compute an open month to its digest as of now and write nothing."""
    writer = DigestWriter(month, previous_digest(month))
    write_posted(writer, month, waiting=True)
    standings = Standings()
    context = prepare(month, standings)
    write_standings(writer, standings.note(preview_rows(month)))
    blocks, totals, kept = StatementBlocks(writer), Totals(), []
    for one in compute(context, late_pairs(month=month, shape=context.shape)):
        totals.add(one)
        blocks.note(one)
        if statements:
            kept.append(one)
    blocks.finish()
    return Preview(month, writer.hexdigest(), totals, kept)


def preview_statements(month: str) -> Iterator[ComputedStatement]:
    """Give the statements an open month would have now, one by one."""
    standings = Standings()
    context = prepare(month, standings)
    for _ in standings.note(preview_rows(month)):
        pass
    yield from compute(context, late_pairs(month=month, shape=context.shape))
