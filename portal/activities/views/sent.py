"""The page after sending: what was sent, which points wait for whom, until when, and the way to one more."""

import uuid
from datetime import timedelta

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.activities.queries.reports import find_activity_by_ref, points_on_approval
from portal.activities.queries.usual import usual_days
from portal.activities.views.blueprint import bp
from portal.activities.views.drafting import cadre_id
from portal.domain.errors import NotFound
from portal.domain.months import local_date
from portal.places.queries import place_line
from portal.points.queries import rules_on
from portal.signups.queries import list_by_activity
from portal.web.access import actor, allow


@bp.get("/report/<uuid:ref>/sent")
@allow("cadre")
def sent(ref: uuid.UUID) -> ResponseReturnValue:
    """Thank for a report: its points wait for the supervisor, those of its sign-ups for the official data."""
    activity = find_activity_by_ref(str(ref))
    if activity is None or activity.cadre_id != cadre_id():
        raise NotFound("activities.no_such")
    of_signups = rules_on(activity.held_on)[1]["signup"]
    workers = [row for row in list_by_activity(activity.ref) if row.status != "rejected"]
    days = usual_days(activity.branch_id)
    return render_template(
        "activities/sent.html",
        activity=activity,
        where=place_line(activity.village_code) if activity.village_code else "",
        points=points_on_approval(activity) if activity.status == "submitted" else activity.points_given or 0,
        workers=workers,
        worth=sum(int(of_signups[row.programmes]) for row in workers),
        decided_by=local_date(activity.submitted_at, actor().zone) + timedelta(days=days) if days else None,
        outbox=outbox_address(),
    )


def outbox_address() -> str:
    """Return where the cadre sees what is on its way: the outbox, or the list of reports without one."""
    page = "activities.outbox"
    return url_for(page if page in current_app.view_functions else "activities.report")
