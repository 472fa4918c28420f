"""Writing computed statements into their tables, in bulk."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, cast

from sqlalchemy import Table, select

from portal.database.bulk import fill, one_of, plain_rows
from portal.database.columns import Base
from portal.domain.incentives import LINE_FIELDS
from portal.incentives.computation.results import ComputedStatement
from portal.incentives.models import HostAmount, Statement, StatementLine
from portal.incentives.queries.plans import TaxInForce

STATEMENT: Final = (
    "month",
    "cadre_id",
    "cadre_code",
    "branch_code",
    "region_code",
    "zone",
    "host_code",
    "plan_code",
    "plan_version",
    "tax_version",
    "npwp_valid",
    "minimum_payout",
    "points",
    "gross",
    "taxable",
    "tax",
    "net",
    "carried_in",
    "carried_out",
    "payable",
    "host_amount",
)
LINE: Final = (
    "statement_id",
    "month",
    "cadre_id",
    "line_no",
    *LINE_FIELDS,
    "plan_code",
    "plan_version",
    "details",
)
HOST: Final = ("month", "cadre_id", "original_month", "host_code", "base", "amount")


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


def store_statements(month: str, group: Sequence[ComputedStatement], tax: TaxInForce, minimum: int) -> None:
    """Store some statements with their lines and host amounts."""
    fill(_table(Statement), STATEMENT, (_statement(month, one, tax, minimum) for one in group))
    found = plain_rows(
        select(Statement.cadre_id, Statement.id).where(
            Statement.month == month,
            one_of(Statement.cadre_id, (one.cadre_id for one in group)),
        ),
    )
    ids = {row.cadre_id: row.id for row in found}
    fill(_table(StatementLine), LINE, _lines(month, group, ids))
    fill(_table(HostAmount), HOST, _hosts(month, group))


def _statement(month: str, one: ComputedStatement, tax: TaxInForce, minimum: int) -> tuple[Any, ...]:
    settled = one.settled
    return (
        month,
        one.cadre_id,
        one.cadre_code,
        one.office.code,
        one.office.region_code,
        one.office.zone,
        one.held.host_code,
        one.plan.code if one.plan else None,
        one.plan.version if one.plan else None,
        tax.version,
        one.held.npwp_valid,
        minimum,
        one.points,
        settled.gross,
        settled.taxable,
        settled.tax,
        settled.net,
        settled.carried_in,
        settled.carried_out,
        settled.payable,
        one.host_total,
    )


def _lines(month: str, group: Sequence[ComputedStatement], ids: dict[int, int]) -> Iterator[tuple[Any, ...]]:
    for one in group:
        for number, computed in enumerate(one.lines, start=1):
            yield (
                ids[one.cadre_id],
                month,
                one.cadre_id,
                number,
                *computed.line.fields,
                computed.plan.code,
                computed.plan.version,
                dict(computed.details) if computed.details else None,
            )


def _hosts(month: str, group: Sequence[ComputedStatement]) -> Iterator[tuple[Any, ...]]:
    for one in group:
        for share in one.hosts:
            yield (month, one.cadre_id, share.original_month, share.host_code, share.base, share.amount)
