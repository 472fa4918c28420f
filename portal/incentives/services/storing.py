"""Writing computed statements into their tables, in bulk."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Table

from portal.database.bulk import fill, free_ids
from portal.domain.incentives import LINE_FIELDS
from portal.incentives.computation.computing import MonthContext
from portal.incentives.computation.results import ComputedStatement
from portal.incentives.models import HostAmount, LineEvidence, Statement, StatementLine


@dataclass(frozen=True)
class Tables:
    """The tables that an award fills: those of the portal, or copies whose rows are moved into them later."""

    statements: Table
    lines: Table
    evidence: Table
    hosts: Table


STORED: Final = Tables(
    *(cast("Table", model.__table__) for model in (Statement, StatementLine, LineEvidence, HostAmount))
)
STATEMENT: Final = (
    "id",
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
    "id",
    "statement_id",
    "month",
    "cadre_id",
    "line_no",
    *LINE_FIELDS,
    "plan_code",
    "plan_version",
    "details",
)
HOST: Final = ("id", "month", "cadre_id", "original_month", "host_code", "base", "amount")


def store_statements(
    context: MonthContext, group: Sequence[ComputedStatement], *, into: Tables = STORED
) -> None:
    """Store some statements with their lines and host amounts."""
    month = context.month
    ids = free_ids(len(group), STORED.statements, into.statements)
    statements = (_statement(context, one) for one in group)
    fill(into.statements, STATEMENT, _numbered(ids, statements))
    count = sum(len(one.lines) for one in group)
    lines = free_ids(count, STORED.lines, into.lines)
    fill(into.lines, LINE, _numbered(lines, _lines(month, group, ids)))
    count = sum(len(one.hosts) for one in group)
    hosts = free_ids(count, STORED.hosts, into.hosts)
    fill(into.hosts, HOST, _numbered(hosts, _hosts(month, group)))


def _numbered(ids: Sequence[int], rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    return ((key, *row) for key, row in zip(ids, rows, strict=True))


def _statement(context: MonthContext, one: ComputedStatement) -> tuple[Any, ...]:
    settled = one.settled
    return (
        context.month,
        one.cadre_id,
        one.cadre_code,
        one.office.code,
        one.office.region_code,
        one.office.zone,
        one.held.host_code,
        one.plan.code if one.plan else None,
        one.plan.version if one.plan else None,
        context.tax.version,
        one.held.npwp_valid,
        context.minimum,
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


def _lines(month: str, group: Sequence[ComputedStatement], ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    for key, one in zip(ids, group, strict=True):
        for number, computed in enumerate(one.lines, start=1):
            yield (
                key,
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
