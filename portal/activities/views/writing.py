"""The report form in one document: what a phone needs to write a report without asking the server again."""

import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal import clock
from portal.activities.forms import CHECKS, MAX_PHOTOS, PeopleForm, PlaceForm, TypeForm
from portal.activities.queries.drafts import list_photos
from portal.activities.queries.reports import find_activity_by_ref
from portal.activities.queries.usual import list_known_places, usual_days
from portal.activities.views.blueprint import bp
from portal.activities.views.drafting import (
    MAX_SIGNUPS,
    STEPS,
    DraftView,
    cadre_id,
    obstacle,
    open_draft,
    village_region,
)
from portal.activities.views.sent import outbox_address
from portal.cadres.queries.terms import today_for
from portal.domain.contributions import Declared, MonthDue, due_in
from portal.domain.errors import RuleBroken
from portal.domain.months import month_of
from portal.domain.nik import strip_separators
from portal.domain.points import PACKS
from portal.domain.reports import FORM_VERSION
from portal.domain.reviewing import asked_fields
from portal.explainer.queries import get_book
from portal.places.queries import find_region, place_line
from portal.points.queries import rules_on
from portal.signups.forms import CHECKS as WORKER_CHECKS
from portal.signups.forms import WorkerForm
from portal.texts.formats import language
from portal.texts.reporting import ERRORS, REFUSED
from portal.texts.rulebook import REFUSALS
from portal.texts.signups import CONSENT_TEXT, CONSENT_VERSION
from portal.web.access import actor, allow
from portal.web.phone import kept_on_phone

_REGENCY = len("1671")
_GAP = re.compile(r"%\((\w+)\)s")
_LOCALES = {"id": "id", "en": "en-GB"}  # as browsers name them


@bp.get("/report/new")
@allow("cadre")
@kept_on_phone
def start() -> ResponseReturnValue:
    """Show the form for a new report, whose ref the phone makes; a cadre who may not report is told first."""
    if obstacle():
        return redirect(url_for("activities.report"))
    return _page(None)


@bp.get("/report/<uuid:ref>/form")
@allow("cadre")
def write_on(ref: uuid.UUID) -> ResponseReturnValue:
    """Show the form with a draft that the server keeps, such as a returned report, or that only the phone has."""
    return _page(open_draft(str(ref)))


def _page(drafted: DraftView | None) -> ResponseReturnValue:
    """Render the form with what it has to know."""
    today = today_for(cadre_id(), clock.now())
    return render_template(
        "activities/form.html",
        drafted=drafted,
        today=today,
        step=1,
        steps=len(STEPS),
        type_form=TypeForm(),
        place_form=PlaceForm(today=today),
        people_form=PeopleForm(),
        worker_form=WorkerForm(today=today),
        known=[(each, place_line(each.village_code)) for each in list_known_places(cadre_id())],
        prices=_prices(today),
        consent_text=CONSENT_TEXT,
        photos=list_photos(drafted.ref, cadre_id=cadre_id()) if drafted else [],
        returned=_returned(drafted),
        asked=_asked(drafted),
        obstacle=obstacle(),
        outbox=outbox_address(),
        facts=_facts(drafted, today=today),
    )


def _facts(drafted: DraftView | None, *, today: date) -> dict[str, Any]:
    """Gather what the script computes with; its words stand in the document too."""
    who, rules = actor(), rules_on(today)[1]
    region = (village_region() or "")[:_REGENCY]
    regency = find_region(region) if len(region) == _REGENCY else None
    return {
        "user": str(who.user_id),
        "zone": who.zone,
        "locale": _LOCALES[language()],
        "now": clock.now().isoformat(),
        "form": FORM_VERSION,
        "regency": regency.code if regency else "",
        "regencyName": regency.name if regency else "",
        "points": {"activity": rules["activities"], "signup": rules["signup"]},
        "days": usual_days(who.branch_id) if who.branch_id is not None else None,
        "consent": CONSENT_VERSION,
        "before": {},
        "stored": 0,
        "most": {"photos": MAX_PHOTOS, "signups": MAX_SIGNUPS},
        "checks": [*CHECKS.items()],
        "worker": [*WORKER_CHECKS.items()],
        "latest": {"held_on": "in_future", "birth_date": "born_in_future"},
        "errors": _words(ERRORS) | _words({code: REFUSALS[code] for code in REFUSED}),
    } | _stored(drafted)


def _words(table: Mapping[str, str]) -> dict[str, str]:
    """Return sentences in the reader's language, with their gaps still open: {need}."""
    return {code: _GAP.sub(r"{\1}", str(gettext(text))) for code, text in table.items()}


def _stored(drafted: DraftView | None) -> dict[str, Any]:
    """Return what the server keeps of a report: what was typed, and the fields that the supervisor asks to change."""
    if drafted is None:
        return {}
    if not drafted.stored:
        return {"ref": drafted.ref}
    chosen = str(drafted.body.get("village_code") or "")
    activity = find_activity_by_ref(drafted.ref)
    return {
        "ref": drafted.ref,
        "body": drafted.body
        | {
            "signups": [_as_sent(each, today=drafted.today) for each in drafted.signups],
            "village": place_line(chosen) if chosen else "",
        },
        "before": _before(activity) if activity else {},
        "stored": len(list_photos(drafted.ref, cadre_id=cadre_id())),
    }


def _as_sent(typed: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """Return a worker of a draft as the phone has one."""
    born = WorkerForm.of(typed, today=today).birth_date.data
    return {
        "ref": typed["ref"],
        "name": typed.get("name") or "",
        "nik": strip_separators(str(typed.get("nik") or "")),
        "birth_date": born.isoformat() if born else "",
        "phone": typed.get("phone") or None,
        "occupation": typed.get("occupation") or None,
        "programmes": typed.get("programmes") or "",
        "consent_version": typed.get("consent_version") or CONSENT_VERSION,
        "consent_at": typed.get("consent_at") or clock.now().isoformat(),
    }


def _before(activity: Any) -> dict[str, str]:
    """Return what a returned report said, so that the check marks what differs."""
    told = {name: getattr(activity, name) for name in ("type", "held_on", "place", "attendance", "notes")}
    village = place_line(activity.village_code) if activity.village_code else ""
    return {name: "" if said is None else str(said) for name, said in told.items()} | {"village": village}


def _returned(drafted: DraftView | None) -> Any:
    """Return the returned report that a draft corrects; None for a new one."""
    return find_activity_by_ref(drafted.ref) if drafted is not None and drafted.corrects else None


def _asked(drafted: DraftView | None) -> list[str]:
    """List the fields that the supervisor asks to change."""
    returned = _returned(drafted)
    return asked_fields(returned.reason_code) if returned is not None and returned.reason_code else []


def _prices(today: date) -> dict[str, MonthDue]:
    """Return what each pack costs this month in the lowest bracket; nothing where no table holds."""
    book, month = get_book(), month_of(today)
    try:
        return {pack: due_in(book, month, Declared(1, tuple(pack.split(",")))) for pack in PACKS}
    except RuleBroken:
        return {}
