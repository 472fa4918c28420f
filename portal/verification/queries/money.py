"""Money: statements add up, and balances carry over from month to month."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import select

from portal.domain.balance import settle
from portal.domain.months import next_month
from portal.domain.tax import TaxTable as TaxRules
from portal.domain.tax import read_tax_table, tax, taxable_by_object
from portal.incentives.models import Statement, TaxTable
from portal.points.queries import last_closed_month
from portal.verification.queries.findings import Finding, each, found, rows, side_by_side
from portal.verification.queries.plans import Plans


def check_statements() -> Iterator[Finding]:
    """Compare each statement with its lines, its host amounts and the tax."""
    yield from each(
        "a statement's gross is not the sum of its lines",
        "SELECT s.month, s.cadre_code FROM statements s WHERE s.gross <>"
        " (SELECT COALESCE(SUM(l.amount), 0) FROM statement_lines l WHERE l.statement_id = s.id)",
    )
    yield from each(
        "a statement's host amount is not the sum of its parts",
        "SELECT s.month, s.cadre_code FROM statements s WHERE s.host_amount <>"
        " (SELECT COALESCE(SUM(h.amount), 0) FROM host_amounts h WHERE h.month = s.month AND h.cadre_id = s.cadre_id)",
    )
    yield from each(
        "a closed month owes a statement to a cadre with entries",
        "SELECT DISTINCT e.month, e.cadre_id FROM ledger_entries e JOIN months m ON m.month = e.month"
        " AND m.status = 'closed' LEFT JOIN statements s ON s.month = e.month AND s.cadre_id = e.cadre_id"
        " WHERE s.id IS NULL",
    )
    yield from each(
        "a statement stands on no entry, line or balance",
        "SELECT s.month, s.cadre_code FROM statements s WHERE s.carried_in = 0"
        " AND NOT EXISTS (SELECT 1 FROM ledger_entries e WHERE e.month = s.month AND e.cadre_id = s.cadre_id)"
        " AND NOT EXISTS (SELECT 1 FROM statement_lines l WHERE l.statement_id = s.id)"
        " AND NOT EXISTS (SELECT 1 FROM host_amounts h WHERE h.month = s.month AND h.cadre_id = s.cadre_id)",
    )


# By cadre, so that nothing of the others is held.
_OBJECTS: Final = (
    "SELECT cadre_id, statement_id, component, plan_code, plan_version, SUM(amount) AS amount FROM statement_lines"
    " GROUP BY cadre_id, statement_id, component, plan_code, plan_version ORDER BY cadre_id"
)
_STATEMENT: Final = Statement.__table__.c
_COLUMNS: Final = (_STATEMENT.cadre_id, *(column for column in _STATEMENT if column.name != "cadre_id"))


def _objects(lines: Sequence[Any], plans: Plans) -> dict[int, dict[str, int]]:
    """Sum each statement's lines by tax object."""
    sums: dict[int, dict[str, int]] = {}
    for row in lines:
        name = plans.get(row.plan_code, row.plan_version).tax_object(row.component)
        one = sums.setdefault(row.statement_id, {})
        one[name] = one.get(name, 0) + int(row.amount)
    return sums


def _tax_of(sums: dict[str, int], row: Any, table: TaxRules) -> Callable[[int], int]:
    """Return the tax on a statement's taxable sum; each tax object is taxed separately."""

    def due(taxable: int) -> int:
        if len(sums) < 2:
            return tax(taxable, row.npwp_valid, table)
        parts = taxable_by_object(list(sums.items()), row.carried_in)
        return sum(tax(part, row.npwp_valid, table) for _, part in parts)

    return due


def check_balances() -> Iterator[Finding]:
    """Settle each statement again, and follow each cadre's balance from month to month."""
    tables = {
        row.version: read_tax_table(row.document) for row in rows(select(TaxTable.version, TaxTable.document))
    }
    plans, last = Plans(), last_closed_month() or ""
    statements = rows(select(*_COLUMNS).order_by(_STATEMENT.cadre_id, _STATEMENT.month))
    for cadre_id, months, lines in side_by_side(statements, rows(_OBJECTS)):
        objects = _objects(lines, plans)
        carried = ("", 0)
        for row in months:
            yield from _check_carried(row, *carried)
            due = _tax_of(objects.get(row.id, {}), row, tables[row.tax_version])
            if not _settles_as_stored(row, due):
                yield found("a statement does not settle as stored", row.cadre_code, row.month)
            carried = (row.month, row.carried_out) if row.carried_out else ("", 0)
        if carried[1] and carried[0] < last:
            yield found("a balance was left behind", cadre_id, carried[0])


def _check_carried(row: Any, month: str, amount: int) -> Iterator[Finding]:
    """Compare what a statement carries in with the balance that the cadre's earlier statement, of `month`, left."""
    if month and next_month(month) != row.month:
        yield found("a carried balance skipped a month", row.cadre_code, month, row.month)
    if row.carried_in != amount:
        yield found("a balance was not carried over", row.cadre_code, row.month)


def _settles_as_stored(row: Any, due: Callable[[int], int]) -> bool:
    settled = settle(row.gross, due, row.carried_in, row.minimum_payout)
    stored = (row.taxable, row.tax, row.net, row.payable, row.carried_out)
    return stored == (settled.taxable, settled.tax, settled.net, settled.payable, settled.carried_out)
