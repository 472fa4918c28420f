"""The office's agenda: the list, an event with who takes part; planning, changing, publishing, cancelling."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.agenda.forms import SEATS, CancelForm, EnterForm, EventForm, VersionForm
from portal.agenda.queries.events import PAGE, count_by_tab, get_event, get_listed, list_of_office
from portal.agenda.queries.people import list_people, list_to_enter
from portal.agenda.services import attendance as attendance_services
from portal.agenda.services import planning
from portal.agenda.views.blueprint import bp
from portal.database.transaction import transaction
from portal.domain.agenda import CHANGEABLE, is_on, may_close, may_enter
from portal.organisation.queries import get_branch, list_branches
from portal.places.queries import place_line, search_villages
from portal.web.access import actor, allow, may_open, signature
from portal.web.addresses import row_number

TABS = ("published", "to_close", "planned", "past")
_FOUND = 20


@bp.get("/manage")
@allow("supervisor", "admin", "auditor")
def manage() -> ResponseReturnValue:
    """List the events in scope behind a tab: published, to close, planned, past."""
    who, now = actor(), clock.now()
    tab = request.args.get("tab", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    skip = request.args.get("skip", 0, type=row_number)
    rows = list_of_office(who, tab, now=now, skip=skip)
    address = url_for("agenda.manage", tab=tab)
    return render_template(
        "agenda/manage.html",
        tab=tab,
        counts=count_by_tab(who, now=now),
        rows=rows[:PAGE],
        newer=address if skip else "",
        older=f"{address}&skip={skip + PAGE}" if len(rows) > PAGE else "",
        many=who.scope != "branch",
    )


@bp.get("/manage/<int:event_id>")
@allow("supervisor", "admin", "auditor")
def managed(event_id: int) -> ResponseReturnValue:
    """Show one event: the facts, who signed up and came, and what can be done now."""
    who, now = actor(), clock.now()
    listed = get_listed(event_id, actor=who)
    one, writes = listed.event, may_open("agenda.change")
    entering = writes and may_enter(one.status, one.starts_at, now)
    return render_template(
        "agenda/managed.html",
        listed=listed,
        event=one,
        people=list_people(one.id),
        where=place_line(one.village_code) if one.village_code else "",
        changeable=writes and one.status in CHANGEABLE and now < one.starts_at,
        cancellable=writes and one.status in CHANGEABLE,
        publishable=writes and one.status == "planned" and now < one.starts_at,
        running=writes and is_on(one.status, one.starts_at, one.ends_at, now),
        closable=may_open("agenda.close") and may_close(one.status, one.ends_at, now),
        to_enter=list_to_enter(one.id, one.branch_id) if entering else [],
        entering=entering,
    )


def _search(form: EventForm, region: str | None) -> None:
    """Offer the villages whose name was typed, and take the only one."""
    query = form.village_query.data or ""
    found = search_villages(query, within=region, limit=_FOUND) if query else []
    if len(found) == 1:
        form.village_code.data = found[0].code
    form.offer(found)


def _show(form: EventForm, *, back: str, title: str) -> ResponseReturnValue:
    page = render_template("agenda/event_form.html", form=form, back=back, title=title)
    return page, (400 if form.errors else 200)


@bp.route("/manage/plan", methods=["GET", "POST"])
@allow("supervisor", "admin")
def plan() -> ResponseReturnValue:
    """Plan an event of a branch."""
    branches = list_branches(actor())
    form = EventForm([(branch.id, branch.name) for branch in branches])
    if request.method == "GET":
        form.seats.data = SEATS
    elif not (chosen := [one for one in branches if one.id == form.branch_id.data]):
        form.validate()  # it says that the branch is none of these
    else:
        (branch,) = chosen
        zone = branch.time_zone
        _search(form, branch.region_code)
        if form.act.data != "search" and form.validate():
            with form.refusals_at("title", "agenda.", "activities.", "text."), transaction():
                made = planning.plan_event(
                    ref=form.ref.data or "", branch_id=branch.id, facts=form.facts(zone), by=signature()
                ).id
            if not form.refused:
                flash(_("Acara tersimpan sebagai rencana. Umumkan supaya kader bisa mendaftar."))
                return redirect(url_for("agenda.managed", event_id=made))
    return _show(form, back=url_for("agenda.manage"), title=_("Rencanakan acara"))


@bp.route("/manage/<int:event_id>/change", methods=["GET", "POST"])
@allow("supervisor", "admin")
def change(event_id: int) -> ResponseReturnValue:
    """Change an event that has not begun."""
    event = get_event(event_id, actor=actor())
    branch = get_branch(event.branch_id)
    zone, back = branch.time_zone, url_for("agenda.managed", event_id=event.id)
    form = EventForm.of(event, zone, branch.name)
    if request.method == "POST":
        _search(form, branch.region_code)
        if form.act.data != "search" and form.validate():
            with form.refusals_at("title", "agenda.", "activities.", "text."), transaction():
                planning.change_event(
                    event_id=event_id, version=form.version.data or 0, facts=form.facts(zone), by=signature()
                )
            if not form.refused:
                flash(_("Perubahan tersimpan."))
                return redirect(back)
    return _show(form, back=back, title=_("Ubah acara"))


@bp.post("/manage/<int:event_id>/publish")
@allow("supervisor", "admin")
def publish(event_id: int) -> ResponseReturnValue:
    """Publish an event to the cadres of the branch."""
    form = VersionForm()
    if form.validate():
        with transaction():
            planning.publish_event(event_id=event_id, version=form.version.data or 0, by=signature())
        flash(_("Acara diumumkan. Kader cabang ini sekarang bisa mendaftar."))
    return redirect(url_for("agenda.managed", event_id=event_id))


@bp.post("/manage/<int:event_id>/cancel")
@allow("supervisor", "admin")
def cancel(event_id: int) -> ResponseReturnValue:
    """Cancel an event with the reason."""
    form = CancelForm()
    if form.validate():
        with transaction():
            planning.cancel_event(
                event_id=event_id,
                version=form.version.data or 0,
                reason=form.reason.data or "",
                by=signature(),
            )
        flash(_("Acara dibatalkan."))
    else:
        flash(_("Tulis alasannya, supaya kader tahu."), "error")
    return redirect(url_for("agenda.managed", event_id=event_id))


@bp.post("/manage/<int:event_id>/enter-attendance")
@allow("supervisor", "admin")
def enter_attendance(event_id: int) -> ResponseReturnValue:
    """Enter that a cadre was there, with the reason."""
    form = EnterForm()
    if form.validate():
        with transaction():
            attendance_services.enter_attendance(
                event_id=event_id,
                cadre_id=form.cadre_id.data or 0,
                reason=form.reason.data or "",
                by=signature(),
            )
        flash(_("Kehadiran dicatat."))
    else:
        flash(_("Pilih kadernya dan tulis alasannya."), "error")
    return redirect(url_for("agenda.managed", event_id=event_id))
