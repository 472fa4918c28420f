"""Writing a report step by step: each step is stored as typed before anything else happens."""

import json
import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock, storage
from portal.activities.forms import PhotosForm
from portal.activities.queries.drafts import list_photos
from portal.activities.services.drafts import MAX_BODY, add_photo, delete_draft, remove_photo, save_draft
from portal.activities.views.blueprint import bp
from portal.activities.views.drafting import (
    STEPS,
    DraftView,
    cadre_id,
    day_of,
    form_of,
    leave_if_sent,
    masked,
    obstacle,
    open_draft,
    refuse_other_fields,
    report_of,
    village_region,
)
from portal.database.transaction import transaction
from portal.places.queries import place_line, search_villages
from portal.web.access import actor, allow, signature

VILLAGES_SHOWN = 12
FIELDS = {
    "type": ("type",),
    "place": ("held_on", "place", "village_query", "village_code", "act"),
    "people": ("attendance", "notes"),
}


@bp.get("/report/steps")
@allow("cadre")
def start_steps() -> ResponseReturnValue:
    """Begin a report without a script: the server makes its ref, nothing is stored yet; who may not report is told."""
    if obstacle():
        return redirect(url_for("activities.report"))
    return redirect(url_for("activities.step", ref=uuid.uuid4(), name="type"))


@bp.get("/report/<uuid:ref>/<any(type,place,people,photos,check):name>")
@allow("cadre")
def step(ref: uuid.UUID, name: str) -> ResponseReturnValue:
    """Show a step of a report with what was typed so far."""
    drafted = open_draft(str(ref))
    if name == "photos":
        return render(drafted, name, form=PhotosForm())
    if name == "check":
        report, problems = report_of(drafted, at=clock.now())
        return render(drafted, name, report=report, problems=problems)
    if name == "type" and not drafted.stored and obstacle():
        return redirect(url_for("activities.report"))
    searched = name == "place" and "search" in request.args
    found = _villages_asked(drafted) if searched else []
    form = form_of(name, drafted.body, today=drafted.today)
    return render(drafted, name, form=form, found=found, searched=searched)


def render(drafted: DraftView, name: str, *, status: int = 200, **more: Any) -> ResponseReturnValue:
    """Render a step's page."""
    photos = list_photos(drafted.ref, cadre_id=cadre_id())
    number = STEPS.index(name) + 1
    chosen = str(drafted.body.get("village_code") or "")
    more = {"found": [], "form": None, "searched": False} | more
    found = more.pop("found")
    page = render_template(
        f"activities/step_{name}.html",
        drafted=drafted,
        step=number,
        steps=len(STEPS),
        photos=photos,
        village=place_line(chosen) if chosen else "",
        place_line=place_line,
        held_on=day_of(drafted.body.get("held_on")),
        workers=[masked(each) for each in drafted.signups],
        obstacle=obstacle() if name == "check" else None,
        back=_back(),
        found=found[:VILLAGES_SHOWN],
        cut=len(found) > VILLAGES_SHOWN,
        **more,
    )
    return page, status


def _back() -> str | None:
    """Return "check" if this step was opened from the check, so that it leads back there."""
    return "check" if request.args.get("back") == "check" else None


def keep(drafted: DraftView) -> bool:
    """Store the draft as it stands; False if it is longer than a draft may be."""
    if len(json.dumps(drafted.body)) > MAX_BODY:
        return False
    with transaction():
        save_draft(ref=drafted.ref, body=drafted.body, by=signature())
    return True


@bp.post("/report/<uuid:ref>/<any(type,place,people):name>/save")
@allow("cadre")
def save(ref: uuid.UUID, name: str) -> ResponseReturnValue:
    """Store a step as typed, then go on if it is complete."""
    refuse_other_fields(FIELDS[name])
    drafted = open_draft(str(ref))
    typed = form_of(name, request.form.to_dict(), today=drafted.today).typed()
    # A choice is changed by choosing again, not by a form that does not show it.
    drafted.body |= {field: text for field, text in typed.items() if text or field != "village_code"}
    searching = request.form.get("act") == "search"
    found = _choose_village(drafted, anew=searching) if name == "place" else []
    form = form_of(name, drafted.body, today=drafted.today)
    if not keep(drafted):
        form.validate()
        return render(drafted, name, form=form, status=422)
    if searching:
        return redirect(_found(drafted, only_one=len(found) == 1))
    if not form.validate():
        return render(drafted, name, form=form, found=found, searched=bool(found), status=422)
    return redirect(_next(drafted, name))


def _found(drafted: DraftView, *, only_one: bool) -> str:
    """Return the address of the step with the search results, so that the Back button returns to them."""
    search = None if only_one else "yes"
    return url_for(
        "activities.step", ref=drafted.ref, name="place", back=_back(), search=search, _anchor="village"
    )


def _next(drafted: DraftView, name: str) -> str:
    """Return the address of the step after this one; a step opened from the check goes back there."""
    if _back():
        return url_for("activities.step", ref=drafted.ref, name="check")
    following = STEPS[STEPS.index(name) + 1]
    if following == "signups":
        return url_for("activities.workers", ref=drafted.ref)
    return url_for("activities.step", ref=drafted.ref, name=following)


def _villages_asked(drafted: DraftView) -> list[Any]:
    """Look up villages by the typed text, one more than are shown."""
    query = str(drafted.body.get("village_query") or "")[:80]
    return search_villages(query, within=village_region(), limit=VILLAGES_SHOWN + 1) if query.strip() else []


def _choose_village(drafted: DraftView, *, anew: bool) -> list[Any]:
    """Look up villages; a single result is chosen, but replaces an earlier choice only after a new search."""
    if drafted.body.get("village_code") and not anew:
        return []
    found = _villages_asked(drafted)
    if len(found) == 1:
        drafted.body |= {"village_code": found[0].code, "village_query": ""}
    return found


@bp.post("/report/<uuid:ref>/photos/add")
@allow("cadre")
def add_photos(ref: uuid.UUID) -> ResponseReturnValue:
    """Add photos to a report being written; going on without a new one is possible."""
    refuse_other_fields(("act",), many=("photos",))
    drafted = open_draft(str(ref))
    form = PhotosForm()
    if form.is_blank and request.form.get("act") == "next":
        return redirect(_next(drafted, "photos"))
    valid = form.validate()
    for photo in form.accepted:
        with transaction():
            add_photo(ref=drafted.ref, body=drafted.body, photo=photo, by=signature())
    if not valid:
        return render(drafted, "photos", form=form, status=422)
    if request.form.get("act") == "next":
        return redirect(_next(drafted, "photos"))
    return redirect(url_for("activities.step", ref=drafted.ref, name="photos", back=_back()))


@bp.post("/report/<uuid:ref>/photos/<photo_id>/remove")
@allow("cadre")
def remove_photo_of_report(ref: uuid.UUID, photo_id: str) -> ResponseReturnValue:
    """Remove a photo."""
    leave_if_sent(str(ref))
    with transaction():
        files = remove_photo(photo_id=photo_id, actor=actor())
    for file in files:
        storage.delete(file)
    return redirect(url_for("activities.step", ref=ref, name="photos", back=_back()))


@bp.post("/report/<uuid:ref>/delete")
@allow("cadre")
def delete(ref: uuid.UUID) -> ResponseReturnValue:
    """Delete a draft."""
    leave_if_sent(str(ref))
    with transaction():
        files = delete_draft(ref=str(ref), actor=actor())
    for file in files:
        storage.delete(file)
    flash(_("Draf dihapus."))
    return redirect(url_for("activities.report"))
