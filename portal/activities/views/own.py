"""The cadre's own reports: drafts, returned ones, decided ones."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.activities.queries.drafts import list_drafts
from portal.activities.queries.reports import PAGE, list_own, list_returned
from portal.activities.services.drafts import correct_report
from portal.activities.views.blueprint import bp
from portal.activities.views.drafting import cadre_id, day_of, obstacle
from portal.database.transaction import transaction
from portal.signups.queries import count_by_activity
from portal.web.access import actor, allow, signature
from portal.web.addresses import row_number
from portal.web.phone import kept_on_phone


@bp.get("/report")
@allow("cadre")
@kept_on_phone
def report() -> ResponseReturnValue:
    """Show the way to a new report, the drafts, returned reports, and submitted ones with their status."""
    before = request.args.get("before", type=row_number)
    rows = list(list_own(cadre_id(), before=before))
    page, more = rows[:PAGE], len(rows) > PAGE
    drafts = list_drafts(cadre_id()) if before is None else []
    return render_template(
        "activities/report.html",
        obstacle=obstacle(),
        drafts=drafts,
        draft_days={draft.ref: day_of(draft.summary.get("held_on")) for draft in drafts},
        returned=list_returned(cadre_id()) if before is None else [],
        rows=page,
        signups=count_by_activity([row.ref for row in page]),
        older=url_for("activities.report", before=page[-1].id) if more else "",
        newer=url_for("activities.report") if before is not None else "",
        zone=actor().zone,
    )


@bp.post("/activities/<int:activity_id>/correct")
@allow("cadre")
def correct(activity_id: int) -> ResponseReturnValue:
    """Open a returned report for correction."""
    with transaction():
        ref = correct_report(activity_id=activity_id, by=signature())
    return redirect(url_for("activities.write_on", ref=ref))
