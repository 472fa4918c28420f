"""Pages on which one admin confirms what another asked of a finance or admin account."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access import actor, allow, allow_everyone_signed_in
from portal.people import queries, services
from portal.people.forms import EmptyForm, ReasonForm, SeenForm
from portal.people.views.blueprint import bp
from portal.people.views.paths import own_path
from portal.transaction import transaction


@bp.get("/users/requests")
@allow("admin")
def requests() -> ResponseReturnValue:
    """List what waits for a second admin, and what was decided lately."""
    who, now = actor(), clock.now()
    waiting = [
        (*row, queries.recent_touches(row[0].user_id, at=now) if row[0].user_id else [])
        for row in queries.list_requests(who)
    ]
    decided = queries.list_requests(who, decided=True)
    return render_template("people/requests.html", waiting=waiting, decided=decided, zone=who.zone)


@bp.post("/users/requests/<int:request_id>/confirm")
@allow("admin")
def confirm_request(request_id: int) -> ResponseReturnValue:
    """Do what another admin asked for; a password or code is shown once, to whoever confirms."""
    EmptyForm()
    with transaction():
        done = services.confirm_request(request_id=request_id, actor=actor(), at=clock.now())
    back = url_for("people.user", user_id=done.user_id)
    if done.kind == "add":
        return render_template("people/first_password.html", name=done.name, password=done.secret, back=back)
    if done.kind == "reset":
        return render_template("people/reset_code.html", name=done.name, code=done.secret, back=back)
    flash(_("Peran sudah diganti dan berlaku mulai sekarang. Orangnya perlu masuk lagi."))
    return redirect(url_for("people.requests"))


@bp.post("/users/requests/<int:request_id>/refuse")
@allow("admin")
def refuse_request(request_id: int) -> ResponseReturnValue:
    """Refuse a request, or take back one's own."""
    form = ReasonForm()
    if not form.validate():
        queries.get_request(request_id, actor=actor())
        flash(_("Tulis alasannya, paling sedikit 3 huruf."), "error")
        return redirect(url_for("people.requests"))
    with transaction():
        services.refuse_request(
            request_id=request_id, reason=form.reason.data or "", actor=actor(), at=clock.now()
        )
    flash(_("Permintaan ditolak. Akunnya tidak berubah."))
    return redirect(url_for("people.requests"))


@bp.post("/profile/changes/acknowledge")
@allow_everyone_signed_in()
def acknowledge_changes() -> ResponseReturnValue:
    """Note that the owner saw what happened to the own account."""
    form = SeenForm()
    if form.validate():
        with transaction():
            services.acknowledge_changes(last=form.last.data or 0, actor=actor())
    return redirect(own_path(form.next.data))


@bp.app_template_global("account_changes")
def account_changes() -> list[queries.AccountChange]:
    """Return what the reader has not yet acknowledged about the own account."""
    return queries.list_changes(actor().user_id)
