"""A month as its close would freeze it now: everything computed, nothing written (rules.md 7.2)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from portal.domain.ranking import rank
from portal.extensions import db
from portal.incentives.queries import (
    ComputedStatement,
    StandingRow,
    Standings,
    Totals,
    compute,
    late_pairs,
    prepare,
)
from portal.leaderboards.queries import Ranked, list_ranked
from portal.months.queries.digests import (
    DigestWriter,
    StatementBlocks,
    write_posted,
    write_standings,
)
from portal.months.queries.status import previous_digest
from portal.people.models import Branch, Cadre, RegionalOffice
from portal.people.queries import terms_in
from portal.points.models import WaitingEntry


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


def preview_rows(month: str) -> Iterator[StandingRow]:
    """Give the standings an open month would freeze now, what waits for it included."""
    if db.session.execute(select(exists().where(WaitingEntry.month == month))).scalar_one():
        yield from _with_waiting(month)
        return
    for row in list_ranked(month):
        yield _row(row)


def _row(row: Ranked) -> StandingRow:
    return StandingRow(
        row.scope,
        row.scope_code,
        row.rank,
        row.cadre_id,
        row.cadre_code,
        row.points,
        row.validated,
    )


def _with_waiting(month: str) -> Iterator[StandingRow]:
    """Add what waits to the ledger's sums and rank by the rulebook itself; this lasts until the daily job."""
    waits = WaitingEntry
    sums: dict[int, tuple[int, int]] = {
        row.cadre_id: (row.points, row.validated) for row in list_ranked(month) if row.scope == "nation"
    }
    for cadre_id, kind, points in db.session.execute(
        select(waits.cadre_id, waits.kind, func.sum(waits.points))
        .where(waits.month == month)
        .group_by(waits.cadre_id, waits.kind, waits.id),
    ):
        had = sums.get(cadre_id, (0, 0))
        sums[cadre_id] = (had[0] + int(points), had[1] + {"signup": 1, "signup_reversal": -1}.get(kind, 0))
    terms = terms_in(month)
    places = db.session.execute(
        select(Cadre.id, Cadre.code, Branch.code.label("branch"), RegionalOffice.code.label("region"))
        .join(terms, terms.c.cadre_id == Cadre.id)
        .join(Branch, Branch.id == terms.c.branch_id)
        .join(RegionalOffice, RegionalOffice.id == Branch.regional_office_id),
    )
    boards: defaultdict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for row in places:
        if row.id in sums:
            for board in (("branch", row.branch), ("region", row.region), ("nation", "ID")):
                boards[board].append((row.id, row.code))
    for (scope, scope_code), members in boards.items():
        ranks = rank((cadre_id, *sums[cadre_id]) for cadre_id, _ in members)
        for cadre_id, code in members:
            points, validated = sums[cadre_id]
            yield StandingRow(scope, scope_code, ranks[cadre_id], cadre_id, code, points, validated)
