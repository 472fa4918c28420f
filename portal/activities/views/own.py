"""The cadre's own reports: what is not sent, what came back, what was decided."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access import actor, allow
from portal.activities import queries
from portal.activities.services import correct_report
from portal.activities.views.blueprint import bp, row_asked
from portal.activities.views.drafting import cadre_id, day_of, obstacle
from portal.signups.queries import count_of_activities
from portal.transaction import transaction


@bp.get("/report")
@allow("cadre")
def report() -> ResponseReturnValue:
    """Show the way to a new report, the drafts, what came back, and the sent ones with their state."""
    before = row_asked("before")
    rows = list(queries.list_own(cadre_id(), before=before))
    page, more = rows[: queries.PAGE], len(rows) > queries.PAGE
    drafts = queries.list_drafts(cadre_id()) if before is None else []
    return render_template(
        "activities/report.html",
        obstacle=obstacle(),
        drafts=drafts,
        draft_days={draft.ref: day_of(draft.summary.get("held_on")) for draft in drafts},
        returned=queries.list_returned(cadre_id()) if before is None else [],
        rows=page,
        signups=count_of_activities([row.ref for row in page]),
        older=url_for("activities.report", before=page[-1].id) if more else "",
        newer=url_for("activities.report") if before is not None else "",
        zone=actor().zone,
    )


@bp.post("/activities/<int:activity_id>/correct")
@allow("cadre")
def correct(activity_id: int) -> ResponseReturnValue:
    """Open a returned report for correction."""
    with transaction():
        ref = correct_report(activity_id=activity_id, actor=actor(), at=clock.now())
    return redirect(url_for("activities.step", ref=ref, name="check"))
