"""Cohorts for the office: the list, a new one, who was there, seats, attendance entered, freed tries."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import clock
from portal.database.transaction import transaction
from portal.domain.errors import NotFound
from portal.domain.months import local_date, month_of
from portal.organisation.queries import get_branch, list_branches, parameter
from portal.texts.formats import hari, jam
from portal.training.forms import CancelForm, CohortForm, EnterForm, SeatForm, UnseatForm
from portal.training.queries.cohorts import (
    PAGE,
    get_cohort,
    get_session,
    list_cohorts,
    list_seatable,
    list_seated,
    list_sessions,
)
from portal.training.queries.courses import Exam, get_course, get_course_in_force, list_courses
from portal.training.queries.grid import Grid, read_grid
from portal.training.services import attendance as attendance_services
from portal.training.services import cohorts as cohorts_services
from portal.training.services import tries as tries_services
from portal.training.services.cohorts import Plan
from portal.training.views.blueprint import bp
from portal.web.access import actor, allow, may_open, signature
from portal.web.addresses import row_number
from portal.web.downloads import csv_answer

READERS = ("supervisor", "admin", "auditor")
WRITERS = ("supervisor", "admin")
MORE_ROWS = 2  # empty rows for sessions beyond the usual number


@bp.get("/training/cohorts")
@allow(*READERS)
def cohorts() -> ResponseReturnValue:
    """List the cohorts in scope."""
    rows = list_cohorts(actor(), before=request.args.get("before", type=row_number))
    older = url_for("training.cohorts", before=rows[PAGE - 1].id) if len(rows) > PAGE else ""
    newer = url_for("training.cohorts") if request.args.get("before") else ""
    return render_template(
        "training/cohorts.html",
        rows=rows[:PAGE],
        now=clock.now(),
        older=older,
        newer=newer,
        may_write=may_open("training.open_cohort"),
    )


def _cohort_form(*, branch_id: int | None = None, **values: Any) -> CohortForm:
    """Return the form with its choices, and a row for each usual session and two more."""
    branches = [(one.id, one.name) for one in list_branches(actor())]
    month = month_of(local_date(clock.now(), actor().zone))
    values = {"seats": int(parameter("training_seats", month=month))} | values
    form = CohortForm(branch_id=branch_id or branches[0][0], **values)
    form.branch_id.choices = branches
    form.course_id.choices = [(one.id, one.title) for one in list_courses()]
    while len(form.sessions) < int(parameter("training_sessions", month=month)) + MORE_ROWS:
        form.sessions.append_entry()
    return form


def _plan(form: CohortForm, zone: str) -> Plan:
    return Plan(form.course_id.data or 0, form.place.data or "", form.seats.data or 0, form.hours(zone))


@bp.route("/training/cohorts/open", methods=["GET", "POST"])
@allow(*WRITERS)
def open_cohort() -> ResponseReturnValue:
    """Open a cohort."""
    form = _cohort_form()
    if form.is_submitted() and form.validate() and form.check_sessions():
        zone = get_branch(form.branch_id.data or 0, actor=actor()).time_zone
        with form.refusals_at("sessions", "cohort."), transaction():
            opened = cohorts_services.open_cohort(
                branch_id=form.branch_id.data or 0, plan=_plan(form, zone), by=signature()
            )
            cohort_id = opened.id
        if form.refused is None:
            flash(_("Angkatan dibuka. Sekarang pilih siapa yang mendapat kursi."))
            return redirect(url_for("training.cohort", cohort_id=cohort_id))
    status = 400 if form.errors else 200
    return render_template("training/cohort_form.html", form=form, cohort=None), status


@bp.route("/training/cohorts/<int:cohort_id>/edit", methods=["GET", "POST"])
@allow(*WRITERS)
def edit_cohort(cohort_id: int) -> ResponseReturnValue:
    """Change place, seats and sessions of a cohort that has not begun."""
    cohort = get_cohort(cohort_id, actor=actor())
    zone = get_branch(cohort.branch_id).time_zone
    form = _cohort_form(
        branch_id=cohort.branch_id, **({} if request.method == "POST" else _typed(cohort, zone))
    )
    if form.is_submitted() and form.validate() and form.check_sessions():
        with form.refusals_at("sessions", "cohort."), transaction():
            cohorts_services.edit_cohort(
                cohort_id=cohort_id,
                plan=_plan(form, zone),
                version_seen=form.version.data or 0,
                by=signature(),
            )
        if form.refused is None:
            flash(_("Angkatan sudah diubah."))
            return redirect(url_for("training.cohort", cohort_id=cohort_id))
    status = 400 if form.errors else 200
    return render_template("training/cohort_form.html", form=form, cohort=cohort), status


def _typed(cohort: Any, zone: str) -> dict[str, Any]:
    """Return a stored cohort as the form's values."""
    local = ZoneInfo(zone)
    sessions = []
    for one in list_sessions(cohort.id):
        begins, ends = one.starts_at.astimezone(local), one.ends_at.astimezone(local)
        sessions.append({"day": begins.date(), "begins": begins.time(), "ends": ends.time()})
    return {
        "course_id": cohort.course_id,
        "place": cohort.place,
        "seats": cohort.seats,
        "sessions": sessions,
        "version": cohort.version,
    }


def _exam(cohort: Any) -> Exam:
    """Return the version of the cohort's own course that holds today."""
    today = local_date(clock.now(), get_branch(cohort.branch_id).time_zone)
    return get_course_in_force(get_course(cohort.course_id).code, month_of(today))


def grid_of(cohort: Any) -> Grid:
    """Return the list of a cohort as it is now."""
    month = month_of(local_date(clock.now(), actor().zone))
    late = int(parameter("training_late_minutes", month=month))
    return read_grid(cohort, _exam(cohort), now=clock.now(), late_minutes=late)


@bp.get("/training/cohorts/<int:cohort_id>")
@allow(*READERS)
def cohort(cohort_id: int) -> ResponseReturnValue:
    """Show who was there, who passed, who needs a call; as a file with ?format=csv."""
    one = get_cohort(cohort_id, actor=actor())
    branch, grid = get_branch(one.branch_id), grid_of(one)
    if request.args.get("format") == "csv":
        return csv_answer(f"angkatan-{branch.code}-{one.number}.csv", *_as_rows(grid))
    return _show(one, grid, _enter_form(one), 200)


def _show(one: Any, grid: Grid, enter: EnterForm, status: int) -> ResponseReturnValue:
    now, branch = clock.now(), get_branch(one.branch_id)
    may_write = may_open("training.seat_cadres") and one.status == "open"
    return render_template(
        "training/cohort.html",
        cohort=one,
        branch=branch,
        grid=grid,
        enter=enter,
        seatable=list_seatable(one, now=now) if may_write else [],
        exam=_exam(one),
        now=now,
        begun=bool(grid.sessions) and grid.sessions[0].starts_at <= now,
        open_session=next((s for s in grid.sessions if s.starts_at <= now <= s.ends_at), None),
        may_write=may_write,
        seat=SeatForm(),
        reason=CancelForm(),
    ), status


def _enter_form(one: Any) -> EnterForm:
    form, zone = EnterForm(), get_branch(one.branch_id).time_zone
    form.offer(
        [(cadre.id, cadre.name) for cadre in list_seated(one.id)],
        [
            (s.id, f"{s.number}: {hari(s.starts_at, zone)}, {jam(s.starts_at, zone)}")
            for s in list_sessions(one.id)
        ],
    )
    return form


def _as_rows(grid: Grid) -> tuple[list[str], list[list[object]]]:
    headings = [
        "cadre_code",
        "name",
        *(f"session_{s.number}" for s in grid.sessions),
        "best_score",
        "certificate",
    ]
    rows: list[list[object]] = [
        [row.code, row.name, *(place.stands for place in row.places), row.tried.best, row.certificate]
        for row in grid.rows
    ]
    return headings, rows


def _back(cohort_id: int) -> ResponseReturnValue:
    return redirect(url_for("training.cohort", cohort_id=cohort_id))


@bp.post("/training/cohorts/<int:cohort_id>/seat")
@allow(*WRITERS)
def seat_cadres(cohort_id: int) -> ResponseReturnValue:
    """Seat those who were ticked."""
    get_cohort(cohort_id, actor=actor())
    form = SeatForm()
    if not form.validate() or not form.cadre_ids.data:
        flash(_("Centang dulu siapa yang mendapat kursi."), "error")
        return _back(cohort_id)
    with transaction():
        seated = cohorts_services.seat_cadres(
            cohort_id=cohort_id, cadre_ids=form.cadre_ids.data, by=signature()
        )
    flash(ngettext("%(num)s kursi terisi.", "%(num)s kursi terisi.", seated))
    return _back(cohort_id)


@bp.post("/training/cohorts/<int:cohort_id>/<int:cadre_id>/unseat")
@allow(*WRITERS)
def unseat_cadre(cohort_id: int, cadre_id: int) -> ResponseReturnValue:
    """Take a seat back."""
    get_cohort(cohort_id, actor=actor())
    if UnseatForm().validate():
        with transaction():
            cohorts_services.unseat_cadre(cohort_id=cohort_id, cadre_id=cadre_id, by=signature())
        flash(_("Kursinya kosong lagi."))
    return _back(cohort_id)


@bp.post("/training/cohorts/<int:cohort_id>/cancel")
@allow(*WRITERS)
def cancel_cohort(cohort_id: int) -> ResponseReturnValue:
    """Cancel a cohort."""
    get_cohort(cohort_id, actor=actor())
    form = CancelForm()
    if not form.validate():
        flash(_("Tulis alasannya dengan satu kalimat."), "error")
        return _back(cohort_id)
    with transaction():
        cohorts_services.cancel_cohort(cohort_id=cohort_id, reason=form.reason.data or "", by=signature())
    flash(_("Angkatan dibatalkan."))
    return _back(cohort_id)


@bp.post("/training/cohorts/<int:cohort_id>/enter-attendance")
@allow(*WRITERS)
def enter_attendance(cohort_id: int) -> ResponseReturnValue:
    """Enter that somebody attended, or was excused."""
    one = get_cohort(cohort_id, actor=actor())
    form = _enter_form(one)
    if form.validate():
        session, own = get_session(form.session_id.data or 0, actor=actor())
        if own.id != one.id:
            raise NotFound("cohort.not_found")
        with form.refusals_at("reason", "attendance."), transaction():
            attendance_services.enter_attendance(
                session_id=session.id,
                cadre_id=form.cadre_id.data or 0,
                how=form.how.data or "",
                reason=form.reason.data or "",
                by=signature(),
            )
        if form.refused is None:
            flash(_("Kehadiran tersimpan."))
            return _back(cohort_id)
    return _show(one, grid_of(one), form, 400)


@bp.post("/training/cohorts/<int:cohort_id>/<int:cadre_id>/free-try")
@allow(*WRITERS)
def free_try(cohort_id: int, cadre_id: int) -> ResponseReturnValue:
    """Free one more try at the exam."""
    exam = _exam(get_cohort(cohort_id, actor=actor()))
    form = CancelForm()
    if not form.validate():
        flash(_("Tulis alasannya dengan satu kalimat."), "error")
        return _back(cohort_id)
    with transaction():
        tries_services.free_try(cadre_id=cadre_id, exam=exam, reason=form.reason.data or "", by=signature())
    flash(_("Satu kesempatan ujian dibuka."))
    return _back(cohort_id)
