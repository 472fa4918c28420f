"""The inbox: what a person was told, newest first, and one message of it."""

from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.database.transaction import transaction
from portal.messages.queries.inbox import PAGE, get_message
from portal.messages.queries.inbox import list_messages as list_own
from portal.messages.services import inbox as inbox_services
from portal.messages.views.blueprint import bp
from portal.texts.messages import icon_of, line_of, title_of
from portal.web.access import actor, allow_everyone_signed_in, may_open, signature, unread_messages
from portal.web.addresses import row_number

# kind -> the page that a message points to; without one, the message's own page says all of it.
_PAGES: Final = {
    "report_returned": "activities.report",
    "report_rejected": "activities.report",
    "report_withdrawn": "activities.report",
    "report_approved": "home.own_points",
    "claim_disputed": "care.participants",
    "claim_won": "care.participants",
    "participants_received": "care.participants",
    "participants_given": "care.participants",
    "renewals_due": "care.participants",
    "month_closed": "incentives.show",
    "rank_prize": "incentives.show",
    "payout_paid": "incentives.show",
    "payout_failed": "incentives.show",
    "payout_dropped": "incentives.show",
    "status_changed": "cadres.profile",
    "certified": "cadres.profile",
    "certificate_issued": "training.certificate",
    "certificate_ending": "training.certificate",
    "seated": "training.path",
    "cohort_cancelled": "training.path",
    "unseated": "training.path",
    "try_freed": "training.path",
    "cohort_changed": "training.path",
    "activated": "activities.report",
    "badge_awarded": "recognition.badge",
    "badge_taken_back": "recognition.badge",
    "level_reached": "recognition.own",
    "best_month": "leaderboards.own",
    "team_goal": "contests.own",
    "threshold_reached": "incentives.show",
    "rules_announced": "scoring.rules",
    "event_published": "agenda.own",
    "event_changed": "agenda.own",
    "event_cancelled": "agenda.own",
    "event_not_rewarded": "agenda.own",
}


def page_of(row: Any) -> str:
    """Return the address that a message leads to."""
    endpoint = _PAGES.get(row.kind, "")
    if not endpoint or not may_open(endpoint):
        return url_for("messages.show", message_id=row.id)
    if endpoint == "recognition.badge":
        return url_for(endpoint, code=row.code)
    by_month = row.month and endpoint in {"incentives.show", "leaderboards.own"}
    return url_for(endpoint, month=row.month) if by_month else url_for(endpoint)


@bp.get("/messages")
@allow_everyone_signed_in()
def list_messages() -> str:
    """List the reader's messages, all or the unread ones, page by page."""
    unread, before = request.args.get("show") == "unread", request.args.get("before", type=row_number)
    rows = list_own(actor().user_id, before=before, unread=unread)
    show = "unread" if unread else None
    last = rows[PAGE - 1].id if len(rows) > PAGE else None
    return render_template(
        "messages/inbox.html",
        rows=rows[:PAGE],
        unread_only=unread,
        newer=url_for("messages.list_messages", show=show) if before else "",
        older=url_for("messages.list_messages", show=show, before=last) if last else "",
        waiting=unread_messages(),
        page_of=page_of,
        title_of=title_of,
        line_of=line_of,
        icon_of=icon_of,
    )


@bp.get("/messages/<int:message_id>")
@allow_everyone_signed_in()
def show(message_id: int) -> str:
    """Show one message: a letter in full, or what else it tells and where it leads."""
    row = get_message(message_id, user_id=actor().user_id)
    page = page_of(row)
    return render_template(
        "messages/message.html",
        row=row,
        title=title_of(row),
        line=line_of(row),
        page="" if page == url_for("messages.show", message_id=row.id) else page,
    )


@bp.post("/messages/<int:message_id>/open")
@allow_everyone_signed_in()
def open_message(message_id: int) -> ResponseReturnValue:
    """Mark a message as read, and go where it leads."""
    with transaction():
        inbox_services.open_message(message_id=message_id, by=signature())
    return redirect(page_of(get_message(message_id, user_id=actor().user_id)))


@bp.post("/messages/read-all")
@allow_everyone_signed_in()
def read_all() -> ResponseReturnValue:
    """Mark all messages as read."""
    with transaction():
        inbox_services.read_all(by=signature())
    flash(_("Semua pesan sudah ditandai terbaca."))
    return redirect(url_for("messages.list_messages"))
