"""A cadre's participants: whom to call, who is protected, which cohorts still pay; sign-ups not confirmed yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.care.forms import FindForm
from portal.care.queries.cared import Cared
from portal.care.queries.cohorts import STATES, average_of, count_states
from portal.care.queries.finding import MOST, find_by_number, list_by_name, number_in
from portal.care.queries.hand_overs import list_news
from portal.care.queries.participants import PAGE, list_by_state, list_to_call
from portal.care.queries.signups import list_own_signups
from portal.care.views.blueprint import bp
from portal.domain.months import local_date, month_of
from portal.membership.queries.newest import find_newest_as_of
from portal.web.access import actor, allow
from portal.web.addresses import month_asked, row_number
from portal.web.phone import kept_on_phone

GROUPS = ("call", *STATES)
LONGEST = 60  # characters of a name to search for


@dataclass(frozen=True)
class Shown:
    """A page of a cadre's participants of one group: whom to call by urgency, the others by the month paid last."""

    group: str
    waiting: int
    people: list[Cared]
    newer: str
    older: str


def show_group(cadre_id: int, today: date, page: Callable[..., str]) -> Shown:
    """Read which group and page the address asks for; whom to call comes first, if there is anybody.

    `page` makes the address of the page that shows them.
    """
    to_call = list_to_call(cadre_id, today)
    group = request.args.get("status", "")
    if group not in GROUPS:
        group = "call" if to_call else "active"
    address = partial(page, status=group)
    if group == "call":
        skip = request.args.get("skip", 0, type=row_number)
        older = address(skip=skip + PAGE) if len(to_call) > skip + PAGE else ""
        return Shown(group, len(to_call), to_call[skip : skip + PAGE], address() if skip else "", older)
    number = request.args.get("after", type=row_number)
    after = None if number is None else (month_asked("paid"), number)
    people = list_by_state(cadre_id, today, status=group, after=after)
    last = people[PAGE - 1] if len(people) > PAGE else None
    older = address(paid=last.last_paid_month or None, after=last.id) if last else ""
    return Shown(group, len(to_call), people[:PAGE], address() if after else "", older)


@bp.get("/participants")
@allow("cadre")
@kept_on_phone
def participants() -> ResponseReturnValue:
    """Show the cadre's participants of one group, or those of a name, and sign-ups that are not participants yet."""
    who = actor()
    cadre_id, today = who.cadre_id or 0, local_date(clock.now(), who.zone)
    month, words = month_asked("month"), request.args.get("q", "").strip()[:LONGEST]
    named = list_by_name(cadre_id, today, words=words) if words else []
    return render_template(
        "care/participants.html",
        counts=count_states(cadre_id, today),
        shown=show_group(cadre_id, today, partial(url_for, "care.participants")),
        words=words,
        named=named[:MOST],
        more=len(named) > MOST,
        month=month,
        signups=list_own_signups(cadre_id, month=month),
        as_of=find_newest_as_of(),
        news=list_news(cadre_id),
        branch=average_of(who.branch_id or 0, month_of(today)),
    )


@bp.post("/participants/find")
@allow("cadre")
def find() -> ResponseReturnValue:
    """Find one of the cadre's participants; a number leads straight to its page, so that no address contains it."""
    form = FindForm()
    words = (form.q.data or "") if form.validate() else ""
    number = number_in(words)
    if not number:
        return redirect(url_for("care.participants", q=words or None))
    found = find_by_number(actor().cadre_id or 0, number)
    if found is None:
        flash(
            _("Nomor itu bukan milik peserta Anda. Ketik NIK atau nomor HP lengkap, atau cari namanya."),
            "error",
        )
        return redirect(url_for("care.participants"))
    return redirect(url_for("care.participant", participant_id=found))
