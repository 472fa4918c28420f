"""Each role's first page, the silent cadres, and health checks for machines."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import abort, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, jobs
from portal.cadres.queries.cadres import CadreFilter, count_cadres
from portal.coverage.queries.areas import sum_branch
from portal.coverage.queries.targets import suggest_places
from portal.domain.actors import Actor
from portal.domain.coverage import whole_months
from portal.domain.months import add_months, last_day, local_date, month_of, month_range
from portal.home.forms import sample_form
from portal.home.queries.audit import AuditFilter, list_events
from portal.home.queries.branch import (
    Funnel,
    count_work,
    funnel_of,
    list_silent,
    list_top,
    list_trend,
    total_month,
)
from portal.home.queries.cadre import read_home
from portal.home.queries.cohorts import list_followed
from portal.home.queries.health import check_database, check_keys
from portal.home.queries.office import count_finance, count_setup, count_validation, list_extracts
from portal.home.views.audit import told
from portal.home.views.blueprint import bp
from portal.incentives.computation.estimates import estimate_for
from portal.leaderboards.queries.own import own_place
from portal.leaderboards.queries.scopes import get_visible_scope
from portal.messages.queries.outbox import count_late
from portal.months.queries.alarms import list_alarms
from portal.months.queries.status import MonthStatus, list_status
from portal.places.queries import region_name
from portal.points.queries import last_closed_month, oldest_open_month
from portal.recognition.queries.progress import get_progress
from portal.recognition.views.woven import cloth_of, months_of
from portal.training.views.path import show_path
from portal.web.access import actor, allow, allow_everyone_signed_in, public
from portal.web.addresses import row_number
from portal.web.phone import kept_on_phone

SILENT_PAGE = 50
HOME_MONTHS = 2  # of the streak's calendar
SCHEDULER_LATE = timedelta(minutes=2)


@bp.get("/")
@allow_everyone_signed_in()
@kept_on_phone
def index() -> str:
    """Show the first page of the person's role."""
    who = actor()
    return PAGES.get(who.role, _dashboard)(who)


def _today(who: Actor) -> date:
    return local_date(clock.now(), who.zone)


def _greeting(who: Actor) -> str:
    """Name the time of day in the person's own zone."""
    hour = clock.now().astimezone(ZoneInfo(who.zone)).hour
    return "morning" if hour < 11 else "noon" if hour < 15 else "afternoon" if hour < 18 else "evening"


def _cadre(who: Actor) -> str:
    cadre_id, today = who.cadre_id or 0, _today(who)
    month = month_of(today)
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), tzinfo=ZoneInfo(who.zone))
    home = read_home(cadre_id, since=monday, today=today)
    if home.obstacle == "candidate":
        return show_path()
    place = own_place(cadre_id, month, "branch")
    if place is None:
        abort(404)
    rows, progress = place.near, get_progress(cadre_id, today)
    mine = next((at for at, row in enumerate(rows) if row.cadre_id == cadre_id), 0)
    return render_template(
        "home/cadre.html",
        greeting=_greeting(who),
        today=today,
        month=month,
        own=place.own,
        near=rows[max(0, mine - 1) : mine + 2],
        above=rows[mine - 1] if mine > 0 else None,
        week=home.week,
        days_left=(last_day(month) - today).days,
        estimate=estimate_for(cadre_id, month),
        newcomers=home.newcomers,
        tasks=home.tasks,
        next_places=suggest_places(cadre_id=cadre_id, branch_id=who.branch_id or 0, day=today),
        whole_months=whole_months,
        streak=progress.streak,
        cloth=cloth_of(progress),
        weeks=months_of(progress)[-HOME_MONTHS:],
        region_name=region_name,
        obstacle=home.obstacle,
        certificate_ends=home.certificate_ends,
        computed_at=clock.now(),
        zone=who.zone,
    )


def _office(template: str, who: Actor, **values: object) -> str:
    """Render the first page of the office: the role's own values, and for all what keeps a month from closing."""
    now = clock.now()
    return render_template(template, alarms=list_alarms(at=now), computed_at=now, zone=who.zone, **values)


def _dashboard(who: Actor) -> str:
    """Show the dashboard of a branch, a region or the nation."""
    today = _today(who)
    month = month_of(today)
    months = month_range(add_months(month, -5), month)
    silent, silent_total = list_silent(who, today)
    return _office(
        "home/dashboard.html",
        who,
        place_name=get_visible_scope(who, who.scope, None).name,
        today=today,
        month=month,
        work=count_work(who),
        totals=total_month(who, month),
        funnel=_followed(who, month),
        months=months,
        trend=list_trend(who, months),
        cohorts=list_followed(who, month),
        silent=silent,
        silent_total=silent_total,
        top=list_top(who, month),
        villages=sum_branch(who.branch_id, today) if who.branch_id else None,
        nation=count_setup(who, oldest_open_month() or month) if who.role == "admin" else None,
        extracts=list_extracts(limit=1),
        closing=_closing(),
    )


def _followed(who: Actor, month: str) -> Funnel:
    """Follow the sign-ups of three months ago; if there are none that old, of a later month."""
    for back in (3, 2, 1):
        found = funnel_of(who, add_months(month, -back))
        if found.reported:
            return found
    return funnel_of(who, month)


def _closing() -> MonthStatus | None:
    """Return the month that closes next; None if nothing was posted yet."""
    waiting = [status for status in list_status(at=clock.now()) if status.status == "open"]
    return min(waiting, key=lambda status: status.month) if waiting else None


def _validator(who: Actor) -> str:
    return _office(
        "home/validator.html",
        who,
        counts=count_validation(who),
        extracts=list_extracts(),
        closing=_closing(),
    )


def _finance(who: Actor) -> str:
    return _office(
        "home/finance.html",
        who,
        counts=count_finance(who, at=clock.now()),
        closing=_closing(),
        last_closed=last_closed_month(),
        months=[status for status in list_status(at=clock.now()) if status.status == "closed"][:6],
    )


def _auditor(who: Actor) -> str:
    return _office(
        "home/auditor.html",
        who,
        events=told(list_events(who, AuditFilter(), limit=10)),
        finance=count_finance(who, at=clock.now()),
        counts=count_validation(who),
        months=list_status(at=clock.now())[:6],
    )


# The first page of each role; roles not named here lead a branch, a region or the nation.
PAGES: Mapping[str, Callable[[Actor], str]] = {
    "cadre": _cadre,
    "validator": _validator,
    "finance": _finance,
    "auditor": _auditor,
}


@bp.get("/silent")
@allow("supervisor", "admin")
def silent() -> str:
    """List all cadres silent for two weeks or more, the longest first."""
    who = actor()
    skip = request.args.get("skip", 0, type=row_number)
    found, total = list_silent(who, _today(who), skip=skip, limit=SILENT_PAGE)
    return render_template(
        "home/silent.html",
        silent=found,
        total=total,
        active=count_cadres(who, CadreFilter(status="active")),
        newer=url_for("home.silent") if skip else "",
        older=url_for("home.silent", skip=skip + SILENT_PAGE) if skip + SILENT_PAGE < total else "",
    )


@bp.get("/components")
@public("a page of samples without any data, and none in production")
def components() -> str:
    """Show every component, for developers."""
    if current_app.config["PORTAL"].production:
        abort(404)
    return render_template("components/index.html", form=sample_form())


@bp.get("/healthz")
@public("tells a machine that the process answers")
def healthz() -> ResponseReturnValue:
    """Say that the process is up."""
    return "ok\n", 200, {"Content-Type": "text/plain"}


@bp.get("/readyz")
@public("tells a machine that requests can be served; no data")
def readyz() -> ResponseReturnValue:
    """Say whether the database answers, is migrated and has these keys, and when a scheduler last reported.

    A silent scheduler, and pushes and e-mails that do not leave, are reported but do not take the pages down: reports
    can come in all the same.
    """
    database = check_database()
    beat = jobs.last_heartbeat() if database == "ok" else None
    age = None if beat is None else max(0, round((clock.now() - beat).total_seconds()))
    scheduler = "never seen" if age is None else "ok" if age <= SCHEDULER_LATE.total_seconds() else "late"
    keys = check_keys() if database == "ok" else "unknown"
    late = count_late(at=clock.now()) if database == "ok" else 0
    ready = database == "ok" and keys == "ok"
    answer = {
        "ready": ready,
        "database": database,
        "keys": keys,
        "scheduler": scheduler,
        "scheduler_age_seconds": age,
        "pointers_late": late,
    }
    return jsonify(answer), 200 if ready else 503
