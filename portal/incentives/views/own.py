"""The cadre's Insentif: what a month brought, line by line, and what the present one will bring."""

from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request

from portal import clock
from portal.domain.months import last_day, local_date, month_of, next_month, previous_month
from portal.incentives.computation.estimates import estimate_for
from portal.incentives.queries.own import OwnStatements, ShownStatement, read_own
from portal.incentives.queries.statements import find_statement, list_evidence, list_lines
from portal.incentives.views.blueprint import bp
from portal.incentives.views.items import arrange
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
def own() -> str:
    """Show the newest statement; before the first one, the present month."""
    who = actor()
    found = read_own(who.cadre_id or 0)
    return _page(found.rows[0].month if found.rows else _current(who.zone), found)


@bp.get("/statements/<month:month>")
@allow("cadre")
def show(month: str) -> str:
    """Show one of the cadre's own months: the frozen statement, or the estimate of an open month."""
    return _page(month, read_own(actor().cadre_id or 0, month))


def _page(month: str, found: OwnStatements) -> str:
    who = actor()
    current = _current(who.zone)
    others = [row for row in found.rows if row.month != month]
    first = min([row.month for row in others] + [month])
    chosen = ChosenMonth(
        month,
        before=previous_month(month) if month > first else "",
        after=next_month(month) if month < current else "",
    )
    shared = {"chosen": chosen, "others": others, "current": current, "zone": who.zone}
    if found.shown is not None:
        return _statement(found.shown, shared)
    if month > current:
        abort(404)
    if month <= (found.last_closed or ""):
        return render_template("incentives/nothing.html", **shared)
    return _estimate(who.cadre_id or 0, month, shared)


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


def _statement(found: ShownStatement, shared: dict[str, Any]) -> str:
    """Show the frozen statement of a closed month."""
    return render_template(
        "incentives/statement.html",
        statement=found.row,
        names=found.names,
        items=arrange(found.lines, found.evidence),
        closed_at=found.closed_at,
        due=last_day(next_month(found.row.month)).replace(day=5),
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
