"""A cadre's league: the own group, how it works, taking part or not."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.contests.forms import PressForm
from portal.contests.queries.leagues import find_choice, find_own
from portal.contests.services import choosing
from portal.contests.views.blueprint import bp
from portal.database.transaction import transaction
from portal.domain.months import CLOSE_ZONE, local_date, month_of
from portal.domain.recognition.leagues import begins_on, next_season, season_of
from portal.recognition.queries.definitions import get_leagues
from portal.web.access import actor, allow, signature


@bp.get("/league")
@allow("cadre")
def league() -> ResponseReturnValue:
    """Show the own group, or what a league is; and the choice to take part."""
    cadre_id = actor().cadre_id or 0
    today = local_date(clock.now(), CLOSE_ZONE)
    coming = next_season(season_of(month_of(today)))
    return render_template(
        "contests/league.html",
        league=find_own(cadre_id),
        choice=find_choice(cadre_id),
        leagues=get_leagues(today),
        next_begins=begins_on(coming),
    )


@bp.post("/league/join")
@allow("cadre")
def join_league() -> ResponseReturnValue:
    """Take part from the next season on."""
    if PressForm().validate():
        with transaction():
            choosing.join_league(by=signature())
        flash(_("Anda ikut liga mulai musim berikutnya."))
    return redirect(url_for("contests.league"))


@bp.post("/league/leave")
@allow("cadre")
def leave_league() -> ResponseReturnValue:
    """Take part no longer from the next season on."""
    if PressForm().validate():
        with transaction():
            choosing.leave_league(by=signature())
        flash(_("Anda tidak ikut liga lagi. Sampai musim ini berakhir nama Anda tidak tampil."))
    return redirect(url_for("contests.league"))
