"""The audit trail: events in words, with links to what the reader may open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for

from portal.home.forms import AuditForm
from portal.home.queries.audit import PAGE, AuditFilter, list_acts, list_events
from portal.home.queries.naming import name_all
from portal.home.views.blueprint import bp
from portal.texts.events import act_in_words, details_in_words, ids_in, reason_in_words, subject_in_words
from portal.web.access import actor, allow, may_open
from portal.web.addresses import row_number


@dataclass(frozen=True)
class ToldEvent:
    """An audit event as a page shows it; `url` leads to its subject if the reader may open that."""

    at: datetime
    by: str
    role: str
    act: str
    kind: str
    subject: str
    subject_id: str
    subject_name: str
    url: str
    reason: str
    details: list[str]


# The page of each kind of subject, and which value of the address identifies it.
SHOWN_AT = {
    "activity": ("activities.show", "activity_id"),
    "branch": ("transfers.edit_branch", "branch_id"),
    "cadre": ("transfers.cadre", "cadre_id"),
    "extract": ("membership.extract", "number"),
    "host_body": ("transfers.edit_host_body", "host_id"),
    "month": ("months.show", "month"),
    "payout_batch": ("payouts.batch", "batch_id"),
    "plan": ("incentives.plan", "code"),
    "signup": ("signups.show", "signup_id"),
    "user": ("cadres.user", "user_id"),
}


def told(events: Sequence[Any]) -> list[ToldEvent]:
    """Put events into words; the names of all of them are looked up together."""
    wanted = {(event.subject_kind, event.subject_id) for event in events}
    for event in events:
        wanted |= ids_in(event.details)
    names = name_all(wanted)
    return [
        ToldEvent(
            at=event.at,
            by=event.name,
            role=event.actor_role,
            act=act_in_words(event.act),
            kind=event.subject_kind,
            subject=subject_in_words(event.subject_kind),
            subject_id=event.subject_id,
            subject_name=names.get((event.subject_kind, event.subject_id), ""),
            url=_url_of(event, names),
            reason=reason_in_words(event.act, event.reason),
            details=details_in_words(event.act, event.details, names),
        )
        for event in events
    ]


def _url_of(event: Any, names: Mapping[tuple[str, str], str]) -> str:
    kind, number = event.subject_kind, event.subject_id
    if kind == "account":
        kind, number = "cadre", str((event.details or {}).get("cadre_id", ""))
    if kind not in SHOWN_AT or (kind, number) not in names:
        return ""
    endpoint, argument = SHOWN_AT[kind]
    return url_for(endpoint, **{argument: number}) if may_open(endpoint) else ""


@bp.get("/audit")
@allow("auditor", "admin")
def audit() -> str:
    """Show the audit trail, filtered by act, person, subject and date."""
    who, form = actor(), AuditForm(request.args, meta={"csrf": False}).offer(list_acts())
    wanted = form.wanted() if form.validate() else AuditFilter()
    before = request.args.get("before", type=row_number)
    events = list(list_events(who, wanted, before=before, limit=PAGE + 1))
    more = len(events) > PAGE
    events = events[:PAGE]
    asked: dict[str, Any] = {name: value for name, value in request.args.items() if name in form and value}
    return render_template(
        "home/audit.html",
        form=form,
        events=told(events),
        newest=url_for("home.audit", **asked) if before else "",
        older=url_for("home.audit", **asked, before=events[-1].id) if more else "",
        zone=who.zone,
    )
