"""A cadre's challenges: what runs, comes and is over; one of them with its teams."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.cadres.queries.cadres import get_cadre
from portal.contests.forms import JoinForm, PressForm, TeamForm
from portal.contests.queries.challenges import get_own
from portal.contests.queries.progress import list_progress, with_numbers
from portal.contests.queries.teams import find_founded, list_names, list_teams
from portal.contests.services import joining
from portal.contests.views.blueprint import bp
from portal.database.transaction import transaction
from portal.domain.months import local_date, month_of
from portal.organisation.queries import get_host_body, parameter
from portal.web.access import actor, allow, signature


@bp.get("")
@allow("cadre")
def own() -> ResponseReturnValue:
    """Show the challenges that run, come, and are lately over."""
    who = actor()
    listed = list_progress(who, today=local_date(clock.now(), who.zone))
    order = {"running": 0, "counting": 1, "announced": 2, "cancelled": 3, "over": 4}
    return render_template("contests/own.html", listed=sorted(listed, key=lambda one: order[one.own.phase]))


@bp.get("/<int:challenge_id>")
@allow("cadre")
def challenge(challenge_id: int) -> ResponseReturnValue:
    """Show one challenge: what counts, how far one is, and its teams while they may be chosen."""
    return _page(challenge_id, TeamForm())


def _page(challenge_id: int, form: TeamForm) -> ResponseReturnValue:
    who = actor()
    cadre_id = who.cadre_id or 0
    one = get_own(challenge_id, actor=who, today=local_date(clock.now(), who.zone))
    (progress,) = with_numbers([one], cadre_id=cadre_id)
    choosing = one.is_open
    host = get_cadre(cadre_id).host_body_id if choosing else None
    teams = [team for team in list_teams(challenge_id) if team.members] if choosing else []
    page = render_template(
        "contests/challenge.html",
        one=progress,
        form=form,
        choosing=choosing,
        mates=list_names(one.team_id) if one.team_id is not None else [],
        teams=[team for team in teams if team.host_body_id is None and team.id != one.team_id],
        own_host=get_host_body(host) if host is not None else None,
        in_host=any(team.host_body_id == host and team.id == one.team_id for team in teams)
        if host
        else False,
        founded=find_founded(challenge_id, cadre_id) if choosing else None,
        size=int(parameter("challenge_team_size", month=month_of(one.challenge.first_day))),
    )
    return page, (400 if form.errors else 200)


def _back(challenge_id: int) -> ResponseReturnValue:
    return redirect(url_for("contests.challenge", challenge_id=challenge_id))


@bp.post("/<int:challenge_id>/join")
@allow("cadre")
def join(challenge_id: int) -> ResponseReturnValue:
    """Join a team, or that of the own host body."""
    form = JoinForm()
    if form.validate():
        with transaction():
            joining.join_team(challenge_id=challenge_id, team_id=form.team_id.data, by=signature())
        flash(_("Anda masuk tim ini. Andil Anda hanya Anda yang melihat."))
    return _back(challenge_id)


@bp.post("/<int:challenge_id>/found")
@allow("cadre")
def found(challenge_id: int) -> ResponseReturnValue:
    """Found a team and join it."""
    form = TeamForm()
    if form.validate():
        with form.refusals_at("name", "contests.team_", "contests.founded", "text."), transaction():
            joining.found_team(challenge_id=challenge_id, name=form.name.data or "", by=signature())
        if not form.refused:
            flash(_("Tim Anda sudah ada. Ajak kader lain dengan menyebut namanya."))
            return _back(challenge_id)
    return _page(challenge_id, form)


@bp.post("/<int:challenge_id>/leave")
@allow("cadre")
def leave(challenge_id: int) -> ResponseReturnValue:
    """Leave the own team."""
    if PressForm().validate():
        with transaction():
            joining.leave_team(challenge_id=challenge_id, by=signature())
        flash(_("Anda keluar dari tim. Sampai tantangan berakhir Anda boleh memilih tim lagi."))
    return _back(challenge_id)
