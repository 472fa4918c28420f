"""Attendance by code: the trainer's screen with QR and digits, and what a cadre scans or types."""

from datetime import timedelta

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from portal import clock
from portal.database.transaction import transaction
from portal.domain.errors import NotFound
from portal.domain.training import CODE_SECONDS, code_of
from portal.organisation.queries import get_branch
from portal.training.forms import AttendForm
from portal.training.queries.cohorts import count_present, count_seats, get_session
from portal.training.queries.meetings import Meeting, list_own_meetings
from portal.training.services import attendance as attendance_services
from portal.training.views.blueprint import bp
from portal.training.views.path import course_in_force
from portal.web.access import actor, allow, signature
from portal.web.addresses import absolute

SCREEN_SECONDS = 5  # how often the screen asks for its newest state


def qr(address: str) -> Markup:
    """Draw an address as a QR code: an SVG without a frame, dark squares on whatever lies behind."""
    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None, light="#fff"))  # noqa: S704 - made of squares


@bp.get("/training/sessions/<int:session_id>/code")
@allow("supervisor", "admin")
def code(session_id: int) -> ResponseReturnValue:
    """Show the code of this minute to those in the room, within the session's hours."""
    session, cohort = get_session(session_id, actor=actor())
    now = clock.now()
    running = cohort.status == "open" and session.starts_at <= now <= session.ends_at
    digits = code_of(attendance_services.secret_of(session.id), now) if running else ""
    address = absolute(url_for("training.attend_session", session_id=session.id, code=digits))
    return render_template(
        "training/code.html",
        session=session,
        cohort=cohort,
        zone=get_branch(cohort.branch_id).time_zone,
        running=running,
        over=now > session.ends_at,
        digits=digits,
        picture=qr(address) if running else "",
        seconds_left=CODE_SECONDS - int(now.timestamp()) % CODE_SECONDS,
        every=SCREEN_SECONDS,
        present=count_present(session.id),
        seats=count_seats(cohort.id),
    )


def _open_meeting() -> Meeting | None:
    """Return the own meeting that is on now, or begins within a day, or else None."""
    now = clock.now()
    meetings = list_own_meetings(actor().cadre_id or 0, course_in_force().course_id)
    coming = [one for one in meetings if one.ends_at >= now and one.starts_at <= now + timedelta(days=1)]
    return coming[0] if coming else None


def _own_meeting(session_id: int) -> Meeting:
    """Return a meeting of the own cohort."""
    meetings = list_own_meetings(actor().cadre_id or 0, course_in_force().course_id)
    found = next((one for one in meetings if one.session_id == session_id), None)
    if found is None:
        raise NotFound("attendance.no_seat")
    return found


@bp.get("/training/attend")
@allow("cadre")
def attend() -> ResponseReturnValue:
    """Ask for the digits of the meeting that is on."""
    return render_template(
        "training/attend.html", meeting=_open_meeting(), form=AttendForm(), now=clock.now()
    )


@bp.get("/training/attend/<int:session_id>")
@allow("cadre")
def attend_session(session_id: int) -> ResponseReturnValue:
    """Ask who scanned the code to press once: the digits stand in the field already."""
    form, meeting = AttendForm(code=request.args.get("code", "")[:6]), _own_meeting(session_id)
    return render_template(
        "training/attend.html", meeting=meeting, form=form, now=clock.now(), scanned=bool(form.code.data)
    )


@bp.post("/training/sessions/<int:session_id>/attend")
@allow("cadre")
def attend_by_code(session_id: int) -> ResponseReturnValue:
    """Record the attendance if the code holds."""
    _own_meeting(session_id)
    form = AttendForm()
    if not form.validate():
        flash(_("Ketik enam angka di layar pelatih."), "error")
        return redirect(url_for("training.attend_session", session_id=session_id))
    with transaction():
        found = attendance_services.attend(session_id=session_id, code=form.code.data or "", by=signature())
    if found == "wrong":
        flash(_("Kode itu tidak berlaku lagi. Ketik enam angka yang sekarang ada di layar."), "error")
        return redirect(url_for("training.attend_session", session_id=session_id))
    if found == "excused":
        flash(_("Anda tercatat izin untuk pertemuan ini. Minta pembina mencatat bahwa Anda hadir."), "error")
        return redirect(url_for("training.path"))
    flash(_("Kehadiran tercatat.") if found == "recorded" else _("Kehadiran Anda sudah tercatat."))
    return redirect(url_for("training.path"))
