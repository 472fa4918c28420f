"""The office's view of statements: of a closed month in the own scope, one by one."""

from flask import abort, render_template, request

from portal.access import actor, allow
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.months import next_month, parse_month, previous_month
from portal.incentives import queries
from portal.incentives.views.blueprint import bp
from portal.incentives.views.items import arrange
from portal.people.queries import get_cadre
from portal.points.queries import find_month, last_closed_month, list_months

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
    """List the statements of a closed month, the newest one unless another is asked for."""
    who, month, after = actor(), _chosen(), request.args.get("after", "")
    if month is None:
        return render_template("incentives/list.html", month=None)
    row = find_month(month)
    if row is None or row.status != "closed":
        abort(404)
    closed = {one.month for one in list_months() if one.status == "closed"}
    rows = queries.list_statements(who, month, after=after, limit=queries.PAGE + 1)
    return render_template(
        "incentives/list.html",
        month=month,
        rows=rows[: queries.PAGE],
        totals=queries.total_statements(who, month),
        hosts=queries.total_hosts(who, month),
        before=previous_month(month) if previous_month(month) in closed else "",
        next=next_month(month) if next_month(month) in closed else "",
        after=after,
        older=rows[queries.PAGE - 1].cadre_code if len(rows) > queries.PAGE else "",
    )


@bp.get("/incentives/<month>/<cadre_code>")
@allow(*READERS)
def statement(month: str, cadre_code: str) -> str:
    """Show one statement with its frozen inputs and host amounts."""
    found = queries.get_statement(actor(), month, cadre_code)
    lines = queries.list_lines(found.id)
    counts = queries.count_evidence([line.id for line in lines])
    return render_template(
        "incentives/detail.html",
        statement=found,
        cadre=get_cadre(found.cadre_id),
        items=arrange(lines, {line.line_no: counts.get(line.id, 0) for line in lines}),
        hosts=queries.list_host_amounts(found.cadre_id, month),
    )


@bp.get("/incentives/<month>/<cadre_code>/lines/<int:line_no>")
@allow(*READERS)
def statement_evidence(month: str, cadre_code: str, line_no: int) -> str:
    """Show what stands behind a line; participants masked."""
    found = queries.get_statement(actor(), month, cadre_code)
    line = next((line for line in queries.list_lines(found.id) if line.line_no == line_no), None)
    if line is None:
        abort(404)
    return render_template(
        "incentives/line.html",
        statement=found,
        line=line,
        item=arrange([line])[0],
        rows=queries.list_evidence(line.id),
    )
