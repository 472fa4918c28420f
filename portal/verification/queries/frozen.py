"""What closed months froze: nothing of open months, and every input as it held in the month (rules.md 1.6, 6)."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import select

from portal.incentives.models import Statement
from portal.incentives.queries.plans import plans_in, tax_in
from portal.incentives.queries.rosters import list_offices
from portal.organisation.queries import parameter
from portal.verification.queries.findings import Finding, closed_months, each, found, rows

TABLES: Final = ("frozen_standings", "statements", "statement_lines", "host_amounts")
_TERMS: Final = (
    "SELECT s.id, s.cadre_code, c.code, s.branch_code, t.branch_id, s.host_code, h.code AS host,"
    " s.npwp_valid, t.npwp_valid AS npwp, s.zone, s.region_code, s.plan_code, s.plan_version,"
    " s.tax_version, s.minimum_payout, s.points, f.points AS frozen, f.scope_code AS region"
    " FROM statements s JOIN cadres c ON c.id = s.cadre_id"
    " LEFT JOIN cadre_terms t ON t.cadre_id = s.cadre_id AND t.from_month ="
    " (SELECT MAX(o.from_month) FROM cadre_terms o WHERE o.cadre_id = s.cadre_id AND o.from_month <= s.month)"
    " LEFT JOIN host_bodies h ON h.id = t.host_body_id"
    " LEFT JOIN frozen_standings f ON f.month = s.month AND f.cadre_id = s.cadre_id AND f.scope = 'region'"
    " WHERE s.month = '{month}' ORDER BY s.id"
)


def check_open_months() -> Iterator[Finding]:
    """Check that nothing is frozen for a month that is not closed, and that all parts name the same month."""
    for table in TABLES:
        yield from each(
            f"a row of {table} stands for a month that is not closed",
            f"SELECT x.month, x.cadre_id FROM {table} x LEFT JOIN months m ON m.month = x.month"
            " AND m.status = 'closed' WHERE m.month IS NULL",
        )
    yield from each(
        "a line belongs to another month or cadre than its statement",
        "SELECT l.id FROM statement_lines l LEFT JOIN statements s ON s.id = l.statement_id"
        " WHERE s.id IS NULL OR s.month <> l.month OR s.cadre_id <> l.cadre_id OR l.original_month > l.month",
    )
    yield from each(
        "a statement's lines are not numbered from 1 on",
        "SELECT s.month, s.cadre_code FROM statements s JOIN (SELECT statement_id, COUNT(*) AS n, MIN(line_no) AS a,"
        " MAX(line_no) AS b FROM statement_lines GROUP BY statement_id) AS l ON l.statement_id = s.id"
        " WHERE l.a <> 1 OR l.b <> l.n",
    )


def check_inputs(month: str | None = None) -> Iterator[Finding]:
    """Compare what each statement froze with what held in its month: term, plan, tax table, minimum payout."""
    codes = {office.id: office.code for office in list_offices().values()}
    for closed in closed_months(month):
        yield from _check_month(closed.month, codes)
        yield from _check_offices(closed.month)


def _check_month(month: str, codes: dict[int, str]) -> Iterator[Finding]:
    plans, tax = plans_in(month), tax_in(month)
    minimum = int(parameter("minimum_payout", month=month))
    for row in rows(_TERMS.format(month=month)):
        plan = plans.get(row.branch_id)
        wanted = {
            "cadre_code": row.code,
            "branch_code": codes.get(row.branch_id),
            "host_code": row.host,
            "npwp_valid": row.npwp,
            "plan_code": plan.code if plan else None,
            "plan_version": plan.version if plan else None,
            "tax_version": tax.version,
            "minimum_payout": minimum,
            "points": row.frozen or 0,
        }
        for name, value in wanted.items():
            if getattr(row, name) != value:
                yield found(
                    "a statement froze another input than held in its month", month, row.cadre_code, name
                )
        if row.region is not None and row.region != row.region_code:
            yield found(
                "a statement froze another input than held in its month", month, row.cadre_code, "region_code"
            )


def _check_offices(month: str) -> Iterator[Finding]:
    """Check that a branch has one zone and one region within a month. Both may change later, so no table can tell."""
    s = Statement
    query = select(s.branch_code, s.zone, s.region_code, s.cadre_code).where(s.month == month)
    seen: dict[str, list[Any]] = {}
    for row in rows(query.order_by(s.branch_code, s.cadre_code)):
        seen.setdefault(row.branch_code, []).append(row)
    for members in seen.values():
        for name in ("zone", "region_code"):
            values = [getattr(row, name) for row in members]
            usual = max(sorted(set(values)), key=values.count)
            for row in members:
                if getattr(row, name) != usual:
                    yield found(
                        "a statement froze another input than held in its month", month, row.cadre_code, name
                    )
