"""The review: what waits, flagged reports first, next to the report that is open."""

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.activities.forms import DecisionForm, reason_codes
from portal.activities.queries.drafts import first_photos, list_photos
from portal.activities.queries.flags import flags_of_row
from portal.activities.queries.queue import count_decided_since, list_decided, read_queue
from portal.activities.queries.reports import PAGE, count_decisions, get_with_names, points_on_approval
from portal.activities.views.blueprint import bp
from portal.domain.months import local_date
from portal.domain.reviewing import REASONS
from portal.places.queries import place_line
from portal.signups.queries import count_by_activity, list_by_activity
from portal.web.access import actor, allow, may_open
from portal.web.addresses import row_number

SHOWN = ("all", "flagged", "clean", "signups", "disputed")


def _show() -> str:
    """Return the chosen filter."""
    wanted = request.args.get("show", "all")
    return wanted if wanted in SHOWN else "all"


def _queue(show: str) -> dict[str, Any]:
    """Read what the left pane shows."""
    after = request.args.get("after", type=row_number)
    queue = read_queue(actor(), show=show, after=after)
    rows = [*queue.flagged, *queue.clean]
    refs = [row[0].ref for row in rows]
    today = local_date(clock.now(), actor().zone)
    return {
        "queue": queue,
        "show": show,
        "after": after,
        "order": [row[0].id for row in rows],
        "signups": count_by_activity(refs),
        "flags": {row[0].id: flags_of_row(row) for row in rows},
        "thumbs": first_photos(refs),
        "done_today": count_decided_since(actor(), clock.now() - timedelta(days=1)),
        "today": today,
        "waited": clock.now() - queue.oldest if queue.oldest else None,
    }


def _detail(activity_id: int) -> dict[str, Any]:
    """Read what the right pane shows of a report."""
    row = get_with_names(activity_id, actor=actor())
    activity = row[0]
    return {
        "row": row,
        "activity": activity,
        "seen": flags_of_row(row),
        "photos": list_photos(activity.ref, cadre_id=activity.cadre_id),
        "workers": list_by_activity(activity.ref),
        "record": count_decisions(activity.cadre_id),
        "worth": points_on_approval(activity),
        "where": place_line(activity.village_code) if activity.village_code else "",
        "reasons": {act: reason_codes(act) for act in REASONS},
    }


@bp.get("/review")
@allow("supervisor")
def review() -> ResponseReturnValue:
    """Show what waits; on a wide screen the first report is open beside it."""
    show = _show()
    left = _queue(show)
    if left["after"] and not left["order"]:  # all of this page was decided
        return redirect(url_for("activities.review", show=request.args.get("show")))
    detail = _detail(left["order"][0]) if left["order"] else {}
    return render_template("activities/review.html", pane="listing", **left, **detail)


@bp.get("/activities/<int:activity_id>")
@allow("cadre", "supervisor", "validator", "admin", "auditor")
def show(activity_id: int) -> ResponseReturnValue:
    """Show one report: to its cadre as their own, to a supervisor inside the review, to others to read."""
    return show_report(activity_id), 200


def show_report(activity_id: int, *, failed: str = "", form: DecisionForm | None = None) -> str:
    """Render a report for the reader; `failed` names the decision whose form has to be completed."""
    detail = _detail(activity_id) | {"failed": failed, "form": form}
    if actor().role == "cadre":
        return render_template("activities/own.html", zone=actor().zone, **detail)
    if may_open("activities.review") and detail["activity"].status == "submitted":
        return render_template("activities/review.html", pane="reading", **_queue(_show()), **detail)
    return render_template("activities/show.html", **detail)


@bp.get("/review/decided")
@allow("supervisor", "validator", "admin", "auditor")
def decided() -> ResponseReturnValue:
    """List decided reports in scope, newest first."""
    status = request.args.get("status", "")
    before = request.args.get("before", type=row_number)
    rows = list(list_decided(actor(), status=status, before=before))
    page = rows[:PAGE]
    return render_template(
        "activities/decided.html",
        rows=page,
        status=status,
        signups=count_by_activity([row[0].ref for row in page]),
        older=page[-1][0].id if len(rows) > PAGE else None,
        before=before,
    )
