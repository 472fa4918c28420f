"""The own statement, and the months: the same reads as the pages, under the same rules."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import abort

from portal import clock
from portal.api.document import describe
from portal.api.forms.money import EvidenceAnswer, LineAnswer, MonthAnswer, MonthsAnswer, StatementAnswer
from portal.api.views.blueprint import bp
from portal.domain.explanations import explain
from portal.domain.incentives import LINE_FIELDS, Line
from portal.domain.months import local_date, month_of
from portal.incentives.computation.estimates import estimate_for
from portal.incentives.queries.own import ShownStatement, read_own
from portal.incentives.queries.statements import Evidence, list_evidence
from portal.months.queries.status import list_status
from portal.payouts.queries.tracking import payment_status
from portal.web.access import actor, allow

READERS = ("supervisor", "validator", "finance", "admin", "auditor")


@bp.get("/statements/<month:month>")
@allow("cadre", program="read")
@describe("money", answers={200: StatementAnswer})
def get_statement(month: str) -> StatementAnswer:
    """Show one of the caller's own months with its lines and evidence; an open one as known now."""
    who = actor()
    found = read_own(who.cadre_id or 0, month)
    if found.shown is not None:
        return _frozen(found.shown)
    if month > month_of(local_date(clock.now(), who.zone)) or month <= (found.last_closed or ""):
        abort(404)
    return _estimate(who.cadre_id or 0, month)


def _frozen(shown: ShownStatement) -> StatementAnswer:
    row = shown.row
    return StatementAnswer(
        month=row.month,
        closed=True,
        status=payment_status([row.id], at=clock.now())[row.id].status,
        plan=row.plan_code,
        points=row.points,
        gross=row.gross,
        tax=row.tax,
        net=row.net,
        carried_in=row.carried_in,
        carried_out=row.carried_out,
        payable=row.payable,
        lines=_lines(shown.lines),
    )


def _estimate(cadre_id: int, month: str) -> StatementAnswer:
    estimate = estimate_for(cadre_id, month)
    return StatementAnswer(
        month=month,
        closed=False,
        status="open",
        plan=estimate.lines[0].plan.code if estimate.lines else None,
        points=None,
        gross=estimate.gross,
        tax=estimate.tax,
        net=estimate.net,
        carried_in=estimate.carried_in,
        carried_out=None,
        payable=None,
        lines=[
            _line(number, line.line, line.details, ()) for number, line in enumerate(estimate.lines, start=1)
        ],
    )


def _lines(rows: Sequence[Any]) -> list[LineAnswer]:
    return [
        _line(
            row.line_no,
            Line(*(getattr(row, name) for name in LINE_FIELDS)),
            row.details,
            list_evidence(row.id),
        )
        for row in rows
    ]


def _line(number: int, line: Line, details: Any, evidence: Iterable[Evidence]) -> LineAnswer:
    said = {name: getattr(line, name) for name in LINE_FIELDS}
    shown = [EvidenceAnswer(**vars(each)) for each in evidence]
    return LineAnswer(line_no=number, explanation=explain(line, details), evidence=shown, **said)


@bp.get("/months")
@allow(*READERS, program="read")
@describe("money", answers={200: MonthsAnswer})
def list_months() -> MonthsAnswer:
    """List the months with their status and digests, newest first."""
    found = list_status(at=clock.now())
    names = tuple(MonthAnswer.model_fields)
    items = [MonthAnswer(**{name: getattr(each, name) for name in names}) for each in found]
    return MonthsAnswer(items=items, next=None)
