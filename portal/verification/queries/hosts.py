"""Host bodies' amounts: taken from the lines of their earned month, for the host body of that time."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from portal.domain.digest import has_hosts
from portal.domain.incentives import HOST_BASE, percent
from portal.verification.queries.findings import Finding, each, found, rows
from portal.verification.queries.plans import Plans

_COMPONENTS = ", ".join(f"'{name}'" for name in sorted(HOST_BASE))
# What each close posted for each earned month: lines next to host amounts.
_POSTED = (
    "SELECT t.cadre_id, t.original_month, t.month, MAX(m.digest_format) AS format, SUM(t.line) AS line,"
    " SUM(t.base) AS base, SUM(t.amount) AS amount, SUM(t.host) AS host, MAX(t.plan_code) AS plan_code,"
    " MAX(t.plan_version) AS plan_version FROM (SELECT cadre_id, original_month, month, amount AS line, 0 AS base,"
    " 0 AS amount, 0 AS host, plan_code, plan_version FROM statement_lines"
    f" WHERE component IN ({_COMPONENTS}) UNION ALL SELECT cadre_id, original_month, month, 0, base, amount, 1, NULL,"
    " NULL FROM host_amounts) AS t JOIN months m ON m.month = t.month"
    " GROUP BY t.cadre_id, t.original_month, t.month ORDER BY t.cadre_id, t.original_month, t.month"
)


def check_hosts() -> Iterator[Finding]:
    """Compare each base, amount and host body with the lines and terms of the earned month."""
    plans = Plans()
    for (cadre_id, earned), group in groupby(
        rows(_POSTED), key=lambda row: (row.cadre_id, row.original_month)
    ):
        closes = list(group)
        if any(row.host for row in closes) and not _is_correct(closes, plans):
            yield found("a host amount is not taken of the lines of its earned month", earned, cadre_id)
    yield from each(
        "a host amount names another host body than the one held in its earned month",
        "SELECT h.month, h.original_month, h.cadre_id, h.host_code FROM host_amounts h"
        " LEFT JOIN cadre_terms t ON t.cadre_id = h.cadre_id AND t.from_month = (SELECT MAX(u.from_month)"
        " FROM cadre_terms u WHERE u.cadre_id = h.cadre_id AND u.from_month <= h.original_month)"
        " LEFT JOIN host_bodies b ON b.id = t.host_body_id WHERE b.code IS NULL OR b.code <> h.host_code",
    )


def _is_correct(closes: Iterable[Any], plans: Plans) -> bool:
    """Tell whether each close posted what its lines add to the base, and what that adds to the rounded total.

    Months closed before block H stored whole bases, not differences (docs/decisions/0014).
    """
    whole = posted = 0
    plan = None
    for row in closes:
        if plan is None and row.plan_code is not None:
            plan = plans.get(row.plan_code, row.plan_version)
        whole += int(row.line)
        due = percent(whole, plan.host.rate) if plan is not None and plan.host is not None else 0
        if int(row.amount) != due - posted or (row.format and has_hosts(row.format) and row.base != row.line):
            return False
        posted = due
    return True
