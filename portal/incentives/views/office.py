"""The office's view of statements of closed months in scope, one by one."""

from flask import abort, render_template, request

from portal.cadres.queries.cadres import get_cadre
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.months import next_month, parse_month, previous_month
from portal.incentives.queries.statements import (
    PAGE,
    count_evidence,
    get_statement,
    list_evidence,
    list_host_amounts,
    list_lines,
    list_statements,
    name_codes,
    total_hosts,
    total_statements,
)
from portal.incentives.views.blueprint import bp
from portal.incentives.views.items import arrange
from portal.points.queries import find_month, last_closed_month, list_months
from portal.web.access import actor, allow

READERS = ("supervisor", "finance", "admin", "auditor")


def _chosen() -> str | None:
    asked = request.args.get("month", "")
    try:
        return parse_month(asked) if asked else last_closed_month()
    except RuleBroken as problem:
        raise NotFound(problem.code, problem.values) from problem


@bp.get("/incentives")
@allow(*READERS)
def statements() -> str:
    """List the statements of a closed month, by default the newest one."""
    who, month, after = actor(), _chosen(), request.args.get("after", "")
    if month is None:
        return render_template("incentives/list.html", month=None)
    row = find_month(month)
    if row is None or row.status != "closed":
        abort(404)
    closed = {one.month for one in list_months() if one.status == "closed"}
    rows = list_statements(who, month, after=after, limit=PAGE + 1)
    return render_template(
        "incentives/list.html",
        month=month,
        rows=rows[:PAGE],
        totals=total_statements(who, month),
        hosts=total_hosts(who, month),
        before=previous_month(month) if previous_month(month) in closed else "",
        next=next_month(month) if next_month(month) in closed else "",
        after=after,
        older=rows[PAGE - 1].cadre_code if len(rows) > PAGE else "",
    )


@bp.get("/incentives/<month:month>/<cadre_code>")
@allow(*READERS)
def statement(month: str, cadre_code: str) -> str:
    """Show one statement with its frozen inputs and host amounts."""
    found = get_statement(actor(), month, cadre_code)
    lines = list_lines(found.id)
    counts = count_evidence([line.id for line in lines])
    return render_template(
        "incentives/detail.html",
        statement=found,
        cadre=get_cadre(found.cadre_id),
        names=name_codes(found),
        items=arrange(lines, {line.line_no: counts.get(line.id, 0) for line in lines}),
        hosts=list_host_amounts(found.cadre_id, month),
    )


@bp.get("/incentives/<month:month>/<cadre_code>/lines/<int:line_no>")
@allow(*READERS)
def statement_evidence(month: str, cadre_code: str, line_no: int) -> str:
    """Show the evidence of a line; participants are masked."""
    found = get_statement(actor(), month, cadre_code)
    line = next((line for line in list_lines(found.id) if line.line_no == line_no), None)
    if line is None:
        abort(404)
    return render_template(
        "incentives/line.html",
        statement=found,
        line=line,
        item=arrange([line])[0],
        rows=list_evidence(line.id),
    )
