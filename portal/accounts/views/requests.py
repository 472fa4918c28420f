"""Pages where one admin confirms what another asked for a finance or admin account."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.accounts.forms import ReasonForm, SeenForm
from portal.accounts.queries.requests import (
    AccountChange,
    get_request,
    list_changes,
    list_requests,
    recent_credential_acts,
)
from portal.accounts.services import requests as requests_services
from portal.accounts.services import users as users_services
from portal.accounts.views.blueprint import bp
from portal.database.transaction import transaction
from portal.web.access import actor, allow, allow_everyone_signed_in, signature
from portal.web.addresses import own_path


@bp.get("/users/requests")
@allow("admin")
def requests() -> ResponseReturnValue:
    """List what waits for a second admin, and recent decisions."""
    who, now = actor(), clock.now()
    waiting = [
        (*row, recent_credential_acts(row[0].user_id, at=now) if row[0].user_id else [])
        for row in list_requests(who)
    ]
    decided = list_requests(who, decided=True)
    return render_template("accounts/requests.html", waiting=waiting, decided=decided, zone=who.zone)


@bp.post("/users/requests/<int:request_id>/confirm")
@allow("admin")
def confirm_request(request_id: int) -> ResponseReturnValue:
    """Do what another admin asked for; a password or code is shown once, to the one who confirms."""
    with transaction():
        done = requests_services.confirm_request(request_id=request_id, by=signature())
    back = url_for("cadres.user", user_id=done.user_id)
    if done.kind == "add":
        return render_template(
            "accounts/first_password.html", name=done.name, password=done.secret, back=back
        )
    if done.kind == "reset":
        return render_template("accounts/reset_code.html", name=done.name, code=done.secret, back=back)
    flash(_("Peran sudah diganti dan berlaku mulai sekarang. Orangnya perlu masuk lagi."))
    return redirect(url_for("accounts.requests"))


@bp.post("/users/requests/<int:request_id>/refuse")
@allow("admin")
def refuse_request(request_id: int) -> ResponseReturnValue:
    """Refuse a request, or take back one's own."""
    form = ReasonForm()
    if not form.validate():
        get_request(request_id, actor=actor())
        flash(_("Tulis alasannya, paling sedikit 3 huruf."), "error")
        return redirect(url_for("accounts.requests"))
    with transaction():
        requests_services.refuse_request(request_id=request_id, reason=form.reason.data or "", by=signature())
    flash(_("Permintaan ditolak. Akunnya tidak berubah."))
    return redirect(url_for("accounts.requests"))


@bp.post("/profile/changes/acknowledge")
@allow_everyone_signed_in()
def acknowledge_changes() -> ResponseReturnValue:
    """Record that the owner saw what happened to their account."""
    form = SeenForm()
    if form.validate():
        with transaction():
            users_services.acknowledge_changes(last=form.last.data or 0, actor=actor())
    return redirect(own_path(form.next.data))


@bp.app_template_global("account_changes")
def account_changes() -> list[AccountChange]:
    """Return what the reader has not yet acknowledged about their own account."""
    return list_changes(actor().user_id)
