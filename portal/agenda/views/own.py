"""A cadre's agenda: today, what still needs people, the month; one event with its seat and report."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.agenda.forms import LinkForm, PressForm
from portal.agenda.queries.calendars import find_version
from portal.agenda.queries.events import Listed, get_listed, list_for_cadre
from portal.agenda.queries.people import find_attendance, find_report, list_own_reports
from portal.agenda.services import attendance as attendance_services
from portal.agenda.services import joining
from portal.agenda.views.blueprint import bp
from portal.agenda.views.calendar import address_of
from portal.database.transaction import transaction
from portal.domain.agenda import day_of, is_free_to_choose, is_on
from portal.domain.months import add_months, first_day, last_day, local_date, month_of
from portal.places.queries import place_line
from portal.web.access import actor, allow, signature
from portal.web.addresses import month_asked

AHEAD = timedelta(days=62)  # what still needs people


@dataclass(frozen=True)
class Day:
    """A day of the calendar with its events."""

    day: date
    events: Sequence[Listed]

    @property
    def mine(self) -> bool:
        """Tell whether the reader takes part in one of them."""
        return any(one.mine or one.attended for one in self.events)


def _local(one: Listed) -> date:
    return local_date(one.event.starts_at, one.zone)


def _weeks(month: str, listed: Sequence[Listed]) -> list[list[Day | None]]:
    """Return a month by weeks from Monday on; None stands for days of other months."""
    by_day: dict[date, list[Listed]] = {}
    for one in listed:
        by_day.setdefault(_local(one), []).append(one)
    weeks = calendar.Calendar().monthdatescalendar(*map(int, month.split("-")))
    return [
        [Day(day, by_day.get(day, ())) if month_of(day) == month else None for day in week] for week in weeks
    ]


def _begins(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))


@bp.get("")
@allow("cadre")
def own() -> ResponseReturnValue:
    """Show today's events, those that still need people, and the month."""
    who, now = actor(), clock.now()
    today = local_date(now, who.zone)
    month = month_asked("month") or month_of(today)
    listed = list_for_cadre(
        who,
        since=min(_begins(first_day(month), who.zone), _begins(today, who.zone)),
        until=max(_begins(last_day(month) + timedelta(days=1), who.zone), now + AHEAD),
    )
    version = find_version(who.cadre_id or 0)
    of_month = [one for one in listed if month_of(_local(one)) == month]
    return render_template(
        "agenda/own.html",
        todays=[one for one in listed if _local(one) == today and one.event.status != "cancelled"],
        coming=[one for one in listed if today < _local(one) <= local_date(now + AHEAD, who.zone)],
        month=month,
        weeks=_weeks(month, of_month),
        count=len(of_month),
        today=today,
        before=url_for("agenda.own", month=add_months(month, -1), _anchor="month"),
        after=url_for("agenda.own", month=add_months(month, 1), _anchor="month"),
        address=address_of(who.cadre_id or 0, version) if version else "",
        now=now,
        free=is_free_to_choose,
        on=is_on,
    )


@bp.get("/<int:event_id>")
@allow("cadre")
def event(event_id: int) -> ResponseReturnValue:
    """Show one event: the facts, one's seat, one's attendance, one's report."""
    who, now = actor(), clock.now()
    listed = get_listed(event_id, actor=who)
    one, cadre_id = listed.event, who.cadre_id or 0
    attended = find_attendance(one.id, cadre_id)
    report = find_report(one.id, cadre_id) if attended else None
    held_on = day_of(one.starts_at, listed.zone)
    linkable = attended is not None and report is None and one.status == "published"
    reports = list_own_reports(cadre_id, held_on) if linkable else []
    return render_template(
        "agenda/event.html",
        listed=listed,
        event=one,
        where=place_line(one.village_code) if one.village_code else "",
        attended=attended,
        report=report,
        reports=[each for each in reports if each.type == one.type],
        free=is_free_to_choose(one.status, one.starts_at, now),
        on=is_on(one.status, one.starts_at, one.ends_at, now),
        address=request.path,
    )


def _back(event_id: int) -> ResponseReturnValue:
    return redirect(url_for("agenda.event", event_id=event_id))


@bp.post("/<int:event_id>/sign-up")
@allow("cadre")
def sign_up(event_id: int) -> ResponseReturnValue:
    """Take a seat."""
    if PressForm().validate():
        with transaction():
            joining.sign_up(event_id=event_id, by=signature())
        flash(_("Anda ikut. Bila berhalangan, batalkan sebelum acara dimulai."))
    return _back(event_id)


@bp.post("/<int:event_id>/step-back")
@allow("cadre")
def step_back(event_id: int) -> ResponseReturnValue:
    """Give the seat back."""
    if PressForm().validate():
        with transaction():
            joining.step_back(event_id=event_id, by=signature())
        flash(_("Anda tidak jadi ikut. Tempatnya terbuka untuk kader lain."))
    return _back(event_id)


@bp.post("/<int:event_id>/link-report")
@allow("cadre")
def link_report(event_id: int) -> ResponseReturnValue:
    """Say that one's own report was made at this event."""
    form = LinkForm()
    if form.validate():
        with transaction():
            attendance_services.link_report(
                event_id=event_id, activity_id=form.activity_id.data or 0, by=signature()
            )
        flash(_("Laporan ini jadi laporan acaranya, jadi tidak dihitung dua kali."))
    return _back(event_id)
