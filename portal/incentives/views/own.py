"""The cadre's Insentif: what a month brought, line by line, and what the present one will bring."""

from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request

from portal import clock
from portal.database.transaction import only_reads
from portal.domain.months import last_day, local_date, month_of, next_month, previous_month
from portal.incentives.computation.estimates import estimate_for
from portal.incentives.queries.statements import (
    OWN,
    count_evidence,
    find_statement,
    list_evidence,
    list_lines,
    list_own,
    name_codes,
)
from portal.incentives.views.blueprint import bp
from portal.incentives.views.items import arrange
from portal.points.queries import find_month, is_closed
from portal.web.access import actor, allow


@dataclass(frozen=True)
class ChosenMonth:
    """The month a page shows, and its neighbours that have a page; empty where there is none."""

    month: str
    before: str
    after: str


def _current(zone: str) -> str:
    return month_of(local_date(clock.now(), zone))


@bp.get("/statements")
@allow("cadre")
@only_reads
def own() -> str:
    """Show the newest statement; before the first one, the present month."""
    who = actor()
    rows = list_own(who.cadre_id or 0)
    return _page(rows[0].month if rows else _current(who.zone), rows)


@bp.get("/statements/<month:month>")
@allow("cadre")
@only_reads
def show(month: str) -> str:
    """Show one of the cadre's own months: the frozen statement, or the estimate of an open month."""
    return _page(month, list_own(actor().cadre_id or 0))


def _page(month: str, rows: list[Any]) -> str:
    who = actor()
    cadre_id, current = who.cadre_id or 0, _current(who.zone)
    found = next((row for row in rows if row.month == month), None)
    if found is None and len(rows) == OWN:  # an older one
        found = find_statement(cadre_id, month)
    others = [row for row in rows if row.month != month]
    first = min([row.month for row in others] + [month])
    chosen = ChosenMonth(
        month,
        before=previous_month(month) if month > first else "",
        after=next_month(month) if month < current else "",
    )
    if found is None and month > current:
        abort(404)
    if found is None and is_closed(month):
        return render_template("incentives/nothing.html", chosen=chosen, others=others, current=current)
    shared = {"chosen": chosen, "others": others, "current": current, "zone": who.zone}
    return _estimate(cadre_id, month, shared) if found is None else _statement(found, shared)


def _estimate(cadre_id: int, month: str, shared: dict[str, Any]) -> str:
    """Show what an open month would give as of now."""
    estimate = estimate_for(cadre_id, month)
    return render_template(
        "incentives/estimate.html",
        estimate=estimate,
        items=arrange([line.shown for line in estimate.lines]),
        days_left=(last_day(month) - local_date(clock.now(), shared["zone"])).days,
        computed_at=clock.now(),
        **shared,
    )


def _statement(found: Any, shared: dict[str, Any]) -> str:
    """Show the frozen statement of a closed month."""
    month = found.month
    lines = list_lines(found.id)
    counts = count_evidence([line.id for line in lines])
    closed = find_month(month)
    return render_template(
        "incentives/statement.html",
        statement=found,
        names=name_codes(found),
        items=arrange(lines, {line.line_no: counts.get(line.id, 0) for line in lines}),
        closed_at=closed.closed_at if closed else None,
        due=last_day(next_month(month)).replace(day=5),
        today=local_date(clock.now(), shared["zone"]),
        **shared,
    )


@bp.get("/statements/<month:month>/lines/<int:line_no>")
@allow("cadre")
def evidence(month: str, line_no: int) -> str:
    """Show the evidence of a line of the cadre's own statement."""
    found = find_statement(actor().cadre_id or 0, month)
    lines = list_lines(found.id) if found else []
    line = next((line for line in lines if line.line_no == line_no), None)
    if line is None:
        abort(404)
    return render_template(
        "incentives/evidence.html",
        month=month,
        line=line,
        item=arrange([line])[0],
        rows=list_evidence(line.id),
        back=request.path.rsplit("/lines", 1)[0],
    )
