"""The office's challenges: the list, one with its teams and numbers; announcing, changing, cancelling."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.contests.forms import CancelForm, ChallengeForm, whole_nation
from portal.contests.queries.badges import find_badge, list_badges
from portal.contests.queries.challenges import (
    PAGE,
    TABS,
    count_by_tab,
    get_challenge,
    list_of_office,
    may_arrange,
    phase_of,
)
from portal.contests.queries.previews import Tally, preview, tally, team_numbers
from portal.contests.queries.scopes import list_places, name_of
from portal.contests.queries.teams import list_teams
from portal.contests.services import announcing
from portal.contests.views.blueprint import bp
from portal.database.transaction import transaction
from portal.domain.errors import RuleBroken
from portal.domain.months import local_date
from portal.domain.recognition.challenges import check_counts
from portal.texts.formats import language
from portal.web.access import actor, allow, may_open, signature
from portal.web.addresses import row_number


def _today() -> date:
    return local_date(clock.now(), actor().zone)


@bp.get("/manage")
@allow("supervisor", "admin", "auditor")
def manage() -> ResponseReturnValue:
    """List the challenges in scope behind a tab: running, announced, past."""
    who, today = actor(), _today()
    tab = request.args.get("tab", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    skip = request.args.get("skip", 0, type=row_number)
    rows = list_of_office(who, tab, today=today, skip=skip)
    address = url_for("contests.manage", tab=tab)
    return render_template(
        "contests/manage.html",
        tab=tab,
        tabs=TABS,
        counts=count_by_tab(who, today=today),
        rows=rows[:PAGE],
        today=today,
        phase=phase_of,
        newer=address if skip else "",
        older=f"{address}&skip={skip + PAGE}" if len(rows) > PAGE else "",
    )


@bp.get("/manage/<int:challenge_id>")
@allow("supervisor", "admin", "auditor")
def managed(challenge_id: int) -> ResponseReturnValue:
    """Show one challenge: what it says, how many have reached it, its teams, and what can be done now."""
    who, today = actor(), _today()
    one = get_challenge(challenge_id, actor=who)
    phase = phase_of(one, today)
    live = phase in {"running", "counting"}
    writes = may_open("contests.change") and may_arrange(one, actor=who)
    teams = [team for team in list_teams(one.id) if team.members or team.result]
    return render_template(
        "contests/managed.html",
        one=one,
        phase=phase,
        where=name_of(one),
        tally=tally(one) if live and one.mode == "alone" else None,
        teams=teams,
        numbers=team_numbers(one) if live and one.mode == "teams" else {},
        badge=find_badge(one.badge_code, day=one.first_day),
        changeable=writes and phase == "announced",
        cancellable=writes and phase in {"announced", "running", "counting"},
    )


def _badges() -> list[tuple[str, str]]:
    english = language() == "en"
    return [(one.code, one.name_en if english else one.name_id) for one in list_badges(_today())]


def _preview(form: ChallengeForm) -> Tally | None:
    """Count how last month would have gone, if what is counted can be."""
    facts = form.facts()
    try:
        check_counts(facts.metric, facts.of, facts.goal)
    except RuleBroken:
        return None
    return preview(form.chosen_place(), facts, at=clock.now(), zone=actor().zone)


def _show(form: ChallengeForm, *, back: str, title: str, seen: Tally | None = None) -> ResponseReturnValue:
    page = render_template("contests/challenge_form.html", form=form, back=back, title=title, seen=seen)
    return page, (400 if form.errors else 200)


@bp.route("/manage/announce", methods=["GET", "POST"])
@allow("supervisor", "admin")
def announce() -> ResponseReturnValue:
    """Announce a challenge, after a look at how last month would have gone."""
    who = actor()
    places = [*([whole_nation()] if who.scope == "nation" else []), *list_places(who)]
    form, seen = ChallengeForm(places, _badges()), None
    if form.validate_on_submit():
        if form.act.data == "preview":
            seen = _preview(form)
        else:
            with form.refusals_at("first_day", "contests.", "text."), transaction():
                made = announcing.announce_challenge(
                    code=form.code.data or "", place=form.chosen_place(), facts=form.facts(), by=signature()
                ).id
            if not form.refused:
                flash(_("Tantangan diumumkan. Sampai hari pertamanya masih bisa diubah."))
                return redirect(url_for("contests.managed", challenge_id=made))
    return _show(form, back=url_for("contests.manage"), title=_("Umumkan tantangan"), seen=seen)


@bp.route("/manage/<int:challenge_id>/change", methods=["GET", "POST"])
@allow("supervisor", "admin")
def change(challenge_id: int) -> ResponseReturnValue:
    """Change a challenge that has not begun."""
    one = get_challenge(challenge_id, actor=actor())
    back = url_for("contests.managed", challenge_id=one.id)
    key = one.branch_id or one.regional_office_id
    place = (f"{one.scope}:{key}", name_of(one)) if key else whole_nation()
    form, seen = ChallengeForm.of(one, place, _badges()), None
    if form.validate_on_submit():
        if form.act.data == "preview":
            seen = _preview(form)
        else:
            with form.refusals_at("first_day", "contests.", "text."), transaction():
                announcing.change_challenge(
                    challenge_id=challenge_id,
                    version=form.version.data or 0,
                    facts=form.facts(),
                    by=signature(),
                )
            if not form.refused:
                flash(_("Perubahan tersimpan."))
                return redirect(back)
    return _show(form, back=back, title=_("Ubah tantangan"), seen=seen)


@bp.post("/manage/<int:challenge_id>/cancel")
@allow("supervisor", "admin")
def cancel(challenge_id: int) -> ResponseReturnValue:
    """Cancel a challenge with the reason."""
    form = CancelForm()
    if form.validate():
        with transaction():
            announcing.cancel_challenge(
                challenge_id=challenge_id,
                version=form.version.data or 0,
                reason=form.reason.data or "",
                by=signature(),
            )
        flash(_("Tantangan dibatalkan. Laporan dan poin kader tetap."))
    else:
        flash(_("Tulis alasannya, supaya kader tahu."), "error")
    return redirect(url_for("contests.managed", challenge_id=challenge_id))
