"""The review: what waits, the flagged ones first, beside the report that is open."""

from datetime import timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access import actor, allow
from portal.activities import queries
from portal.activities.forms import DecisionForm, reason_codes
from portal.activities.views.blueprint import bp, row_asked
from portal.domain.months import local_date
from portal.domain.reviewing import REASONS
from portal.places.queries import place_line
from portal.signups.queries import count_of_activities, list_of_activity

SHOWN = ("all", "flagged", "signups", "disputed")


def _show() -> str:
    """Return the chosen filter."""
    wanted = request.args.get("show", "all")
    return wanted if wanted in SHOWN else "all"


def _queue(show: str) -> dict[str, Any]:
    """Read what the left pane shows."""
    queue = queries.read_queue(actor(), show=show, after=row_asked("after"))
    rows = [*queue.flagged, *queue.clean]
    refs = [row[0].ref for row in rows]
    today = local_date(clock.now(), actor().zone)
    return {
        "queue": queue,
        "show": show,
        "order": [row[0].id for row in rows],
        "signups": count_of_activities(refs),
        "flags": {row[0].id: queries.flags_of_row(row) for row in rows},
        "thumbs": queries.first_photos(refs),
        "done_today": queries.count_decided_since(actor(), clock.now() - timedelta(days=1)),
        "today": today,
        "waited": clock.now() - queue.oldest if queue.oldest else None,
    }


def _detail(activity_id: int) -> dict[str, Any]:
    """Read what the right pane shows of a report."""
    row = queries.get_with_names(activity_id, actor=actor())
    activity = row[0]
    return {
        "row": row,
        "activity": activity,
        "seen": queries.flags_of_row(row),
        "photos": queries.list_photos(activity.ref, cadre_id=activity.cadre_id),
        "workers": list_of_activity(activity.ref),
        "record": queries.record_of(activity.cadre_id),
        "worth": queries.worth_of(activity),
        "where": place_line(activity.village_code) if activity.village_code else "",
        "reasons": {act: reason_codes(act) for act in REASONS},
    }


@bp.get("/review")
@allow("supervisor")
def review() -> ResponseReturnValue:
    """Show what waits; on a wide screen the first report is open beside it."""
    show = _show()
    left = _queue(show)
    detail = _detail(left["order"][0]) if left["order"] else {}
    return render_template("activities/review.html", pane="listing", **left, **detail)


@bp.get("/activities/<int:activity_id>")
@allow("cadre", "supervisor", "validator", "admin", "auditor")
def show(activity_id: int) -> ResponseReturnValue:
    """Show one report: to its cadre as the own, to a supervisor inside the review, to others to read."""
    return show_report(activity_id), 200


def show_report(activity_id: int, *, failed: str = "", form: DecisionForm | None = None) -> str:
    """Render a report for who asks; `failed` names the decision whose form has to be completed."""
    detail = _detail(activity_id) | {"failed": failed, "form": form}
    if actor().role == "cadre":
        return render_template("activities/own.html", zone=actor().zone, **detail)
    if actor().role == "supervisor" and detail["activity"].status == "submitted":
        return render_template("activities/review.html", pane="reading", **_queue(_show()), **detail)
    return render_template("activities/show.html", **detail)


@bp.get("/review/decided")
@allow("supervisor", "validator", "admin", "auditor")
def decided() -> ResponseReturnValue:
    """List decided reports in scope, the newest first."""
    status = request.args.get("status", "")
    before = row_asked("before")
    rows = list(queries.list_decided(actor(), status=status, before=before))
    page = rows[: queries.PAGE]
    return render_template(
        "activities/decided.html",
        rows=page,
        status=status,
        signups=count_of_activities([row[0].ref for row in page]),
        older=page[-1][0].id if len(rows) > queries.PAGE else None,
        before=before,
    )
