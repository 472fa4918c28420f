"""Attendance by code: the screen with QR and digits, and what a cadre scans or types."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.agenda.forms import CodeForm
from portal.agenda.queries.events import get_event, get_listed
from portal.agenda.queries.people import count_attended, find_attendance
from portal.agenda.services import attendance as attendance_services
from portal.agenda.views.blueprint import bp
from portal.database.transaction import transaction
from portal.domain.agenda import is_on
from portal.domain.training import CODE_SECONDS, code_of
from portal.training.views.attendance import SCREEN_SECONDS, qr
from portal.web.access import actor, allow, signature
from portal.web.addresses import absolute


@bp.get("/manage/<int:event_id>/code")
@allow("supervisor", "admin")
def code(event_id: int) -> ResponseReturnValue:
    """Show the code of this minute to those who are there, within the event's hours."""
    listed, now = get_listed(event_id, actor=actor()), clock.now()
    one = listed.event
    running = is_on(one.status, one.starts_at, one.ends_at, now)
    digits = code_of(attendance_services.secret_of(one.id), now) if running else ""
    address = absolute(url_for("agenda.attend_event", event_id=one.id, code=digits))
    return render_template(
        "agenda/code.html",
        event=one,
        zone=listed.zone,
        running=running,
        over=now > one.ends_at,
        digits=digits,
        picture=qr(address) if running else "",
        seconds_left=CODE_SECONDS - int(now.timestamp()) % CODE_SECONDS,
        every=SCREEN_SECONDS,
        present=count_attended(one.id),
        seats=listed.taken,
    )


@bp.get("/attend/<int:event_id>")
@allow("cadre")
def attend_event(event_id: int) -> ResponseReturnValue:
    """Ask who scanned the code to press once: the digits stand in the field already."""
    who, now = actor(), clock.now()
    listed = get_listed(event_id, actor=who)
    one = listed.event
    return render_template(
        "agenda/attend.html",
        listed=listed,
        event=one,
        form=CodeForm(code=request.args.get("code", "")[:6]),
        attended=find_attendance(one.id, who.cadre_id or 0),
        on=is_on(one.status, one.starts_at, one.ends_at, now),
        early=now < one.starts_at,
    )


@bp.post("/<int:event_id>/attend")
@allow("cadre")
def attend(event_id: int) -> ResponseReturnValue:
    """Record the attendance if the code holds."""
    form, back = CodeForm(), url_for("agenda.attend_event", event_id=event_id)
    get_event(event_id, actor=actor())
    if not form.validate():
        flash(_("Ketik enam angka di layar pembina."), "error")
        return redirect(back)
    with transaction():
        found = attendance_services.attend(event_id=event_id, code=form.code.data or "", by=signature())
    if found == "wrong":
        flash(_("Kode itu tidak berlaku lagi. Ketik enam angka yang sekarang ada di layar."), "error")
        return redirect(back)
    flash(_("Kehadiran tercatat.") if found == "recorded" else _("Kehadiran Anda sudah tercatat."))
    return redirect(url_for("agenda.event", event_id=event_id))
