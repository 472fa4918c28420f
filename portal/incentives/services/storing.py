"""Computed statements into their tables, in bulk: COPY on PostgreSQL, one prepared INSERT on SQLite."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import select

from portal.extensions import db
from portal.incentives.models import HostAmount, Statement, StatementLine
from portal.incentives.queries import ComputedStatement
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
    "component",
    "original_month",
    "band",
    "base",
    "rate",
    "count",
    "amount",
    "plan_code",
    "plan_version",
    "details",
)
HOST: Final = ("month", "cadre_id", "original_month", "host_code", "base", "amount")


def write_rows(table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert plain rows into a table inside the session's transaction."""
    connection = db.session.connection()
    names = ", ".join(f'"{column}"' for column in columns)
    if connection.dialect.name == "postgresql":
        raw = connection.connection.dbapi_connection
        with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:  # type: ignore[union-attr] # psycopg's own connection
            for row in rows:
                copy.write_row(row)
        return
    places = ", ".join("?" * len(columns))
    many = list(rows)
    if many:
        connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({places})", many)  # noqa: S608 - names are this file's


def store_statements(month: str, group: Sequence[ComputedStatement], tax: TaxInForce, minimum: int) -> None:
    """Store some statements with their lines and host amounts."""
    write_rows(Statement.__tablename__, STATEMENT, (_statement(month, one, tax, minimum) for one in group))
    found = db.session.execute(
        select(Statement.cadre_id, Statement.id).where(
            Statement.month == month,
            Statement.cadre_id.in_([one.cadre_id for one in group]),
        ),
    )
    ids = {row.cadre_id: row.id for row in found}
    write_rows(StatementLine.__tablename__, LINE, _lines(month, group, ids))
    write_rows(HostAmount.__tablename__, HOST, _hosts(month, group))


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
            line = computed.line
            yield (
                ids[one.cadre_id],
                month,
                one.cadre_id,
                number,
                line.component,
                line.original_month,
                line.band,
                line.base,
                line.rate,
                line.count,
                line.amount,
                computed.plan.code,
                computed.plan.version,
                json.dumps(dict(computed.details), sort_keys=True) if computed.details else None,
            )


def _hosts(month: str, group: Sequence[ComputedStatement]) -> Iterator[tuple[Any, ...]]:
    for one in group:
        for share in one.hosts:
            yield (month, one.cadre_id, share.original_month, share.host_code, share.base, share.amount)
