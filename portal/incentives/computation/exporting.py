"""Statements and lines of a whole month as plain rows, streamed: frozen ones, or those of a preview."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from portal.database.bulk import batches, one_of, plain_rows
from portal.database.extensions import db
from portal.domain.incentives import LINE_FIELDS, Line
from portal.incentives.computation.results import ComputedStatement
from portal.incentives.models import HostAmount, Statement, StatementLine

_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class StatementExport:
    """One statement; `id` is None in a preview."""

    id: int | None
    cadre_code: str
    plan_code: str | None
    gross: int
    tax: int
    net: int
    carried_in: int
    carried_out: int
    payable: int
    host_code: str | None
    host_amount: int


@dataclass(frozen=True, slots=True)
class LineExport:
    """One line of a statement, with what its explanation needs."""

    cadre_code: str
    line_no: int
    line: Line
    details: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, order=True)
class HostExport:
    """What a host body is due for one cadre and earned month; sorts by host body, earned month and cadre."""

    host_code: str
    original_month: str
    cadre_code: str
    base: int
    amount: int


def _by_code(month: str) -> Iterator[list[int]]:
    """Yield the statements of a closed month by cadre code, bytewise, a thousand at a time."""
    pairs = plain_rows(select(Statement.cadre_code, Statement.id).where(Statement.month == month))
    return batches(array("q", [statement_id for _code, statement_id in sorted(map(tuple, pairs))]), _AT_ONCE)


def stream_statements(month: str) -> Iterator[list[StatementExport]]:
    """Yield the frozen statements of a month in groups, by cadre code."""
    names = StatementExport.__slots__
    for ids in _by_code(month):
        query = select(*(getattr(Statement, name) for name in names)).where(one_of(Statement.id, ids))
        found = {row.id: StatementExport(*row) for row in plain_rows(query)}
        yield [found[statement_id] for statement_id in ids]


def stream_lines(month: str) -> Iterator[LineExport]:
    """Yield the frozen lines of a month, by cadre code and number."""
    row = StatementLine
    fields = [getattr(row, name) for name in LINE_FIELDS]
    for ids in _by_code(month):
        query = (
            select(Statement.cadre_code, row.line_no, row.details, *fields)
            .join(Statement, Statement.id == row.statement_id)
            .where(one_of(row.statement_id, ids))
        )
        found = [LineExport(code, no, Line(*rest), details) for code, no, details, *rest in plain_rows(query)]
        yield from sorted(found, key=lambda line: (line.cadre_code, line.line_no))


def list_hosts(month: str) -> list[HostExport]:
    """List the frozen host amounts of a month, by host body, earned month and cadre."""
    row = HostAmount
    same = (Statement.cadre_id == row.cadre_id) & (Statement.month == row.month)
    found = db.session.execute(
        select(row.host_code, row.original_month, Statement.cadre_code, row.base, row.amount)
        .join(Statement, same)
        .where(row.month == month),
    )
    return sorted(HostExport(*one) for one in found)


def as_host_exports(statements: Iterable[ComputedStatement]) -> list[HostExport]:
    """Convert the host amounts of computed statements into exports, in the order of frozen ones."""
    return sorted(
        HostExport(share.host_code, share.original_month, one.cadre_code, share.base, share.amount)
        for one in statements
        for share in one.hosts
    )


def as_exports(statements: Iterable[ComputedStatement]) -> Iterator[list[StatementExport]]:
    """Convert computed statements into exports, in groups."""
    for group in batches(statements):
        yield [
            StatementExport(
                None,
                one.cadre_code,
                one.plan.code if one.plan else None,
                one.settled.gross,
                one.settled.tax,
                one.settled.net,
                one.settled.carried_in,
                one.settled.carried_out,
                one.settled.payable,
                one.held.host_code,
                one.host_total,
            )
            for one in group
        ]


def as_line_exports(statements: Iterable[ComputedStatement]) -> Iterator[LineExport]:
    """Convert the lines of computed statements into exports."""
    for one in statements:
        for number, computed in enumerate(one.lines, start=1):
            yield LineExport(one.cadre_code, number, computed.line, computed.details)
