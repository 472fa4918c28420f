"""The last closed month under a draft: the whole of it, the cadres of a branch, all of them as a file."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal.database.transaction import in_transaction
from portal.domain.errors import RuleBroken
from portal.domain.months import first_day
from portal.points.queries import get_rule_draft, last_closed_month, rules_on
from portal.scoring.queries.previews import Preview, name_branches, name_lines, preview_rules
from portal.scoring.views.blueprint import bp
from portal.tables.writing import Type, csv_bytes
from portal.web.access import allow

SHOWN: Final = 10
COLUMNS: Final[dict[str, Type]] = {
    "branch": "text", "cadre": "text", "name": "text", "points_before": "number", "points_after": "number",
    "rank_before": "number", "rank_after": "number",
}  # fmt: skip


@bp.get("/rules/drafts/<int:draft_id>/preview")
@allow("admin", "auditor", scope="nation")
@in_transaction
def preview(draft_id: int) -> str:
    """Show the newest closed month under a draft: sums, who gains and loses most, whose place changes."""
    row = get_rule_draft(draft_id)
    seen = _preview(row.document)
    branches = name_branches()
    chosen = request.args.get("branch", "")
    shown = seen.of_branch(chosen) if chosen in branches else []
    gained, lost, moved = seen.gained, seen.lost, seen.moved
    named = [*gained[:SHOWN], *lost[:SHOWN], *moved[:SHOWN], *shown]
    return render_template(
        "scoring/preview.html",
        row=row,
        seen=seen,
        gained=gained,
        lost=lost,
        moved=moved,
        most=SHOWN,
        shown=shown,
        chosen=chosen,
        branches=branches,
        names=name_lines(named),
    )


@bp.get("/rules/drafts/<int:draft_id>/preview/download")
@allow("admin", "auditor", scope="nation")
@in_transaction
def download_preview(draft_id: int) -> ResponseReturnValue:
    """Send the month under a draft as CSV, a row for each cadre of each branch."""
    seen = _preview(get_rule_draft(draft_id).document)
    response = make_response(csv_bytes(list(COLUMNS), _rows(seen), list(COLUMNS.values())))
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = f'attachment; filename="aturan-poin-{seen.month}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _preview(document: Mapping[str, Any]) -> Preview:
    month = last_closed_month()
    if month is None:
        raise RuleBroken("points_rules.no_month")
    _version, in_force = rules_on(first_day(month))
    return preview_rules(document, in_force=in_force, month=month)


def _rows(seen: Preview) -> Iterator[tuple[Any, ...]]:
    names = name_lines(seen.lines)
    for one in seen.lines:
        code, name = names[one.cadre_id]
        yield (one.branch, code, name, one.before, one.after, one.rank_before, one.rank_after)
