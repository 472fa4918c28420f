"""Handing a cadre's participants over to another one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.cadres.queries.cadres import get_cadre
from portal.care.forms import HandOverForm
from portal.care.queries.office import list_takers, list_to_hand_over
from portal.care.services import hand_overs as hand_overs_services
from portal.care.services.hand_overs import MONTHS_AHEAD, HandingOver
from portal.care.views.blueprint import bp
from portal.database.transaction import transaction
from portal.domain.months import add_months, month_of, month_range
from portal.organisation.queries import get_branch, list_branches
from portal.texts.formats import bulan
from portal.transfers.queries import first_open_month
from portal.web.access import actor, allow, signature
from portal.web.addresses import row_number


def _months() -> list[tuple[str, str]]:
    """Return the months from which a hand-over may hold: the open ones, this one first, and the next three."""
    this = month_of(clock.now().date())
    first = max(first_open_month(), add_months(this, -6))
    months = month_range(first, add_months(this, MONTHS_AHEAD))
    return [(month, bulan(month)) for month in sorted(months, key=lambda one: (one != this, one))]


@bp.route("/cadres/<int:cadre_id>/hand-over", methods=["GET", "POST"])
@allow("admin")
def hand_over(cadre_id: int) -> ResponseReturnValue:
    """Hand participants of a cadre over to another one, from the first day of a month on."""
    who = actor()
    cadre = get_cadre(cadre_id, actor=who)
    branches = list_branches(who)
    wanted = request.args.get("branch", cadre.branch_id, type=row_number)
    branch = get_branch(wanted, actor=who)
    people = list_to_hand_over(cadre.id)
    form = HandOverForm()
    form.offer(
        [(row.id, row.name) for row in people],
        list_takers(who, branch_id=branch.id, besides=cadre.id),
        _months(),
    )
    if form.validate_on_submit():
        given = HandingOver(
            form.participants.data or [], form.to_cadre_id.data, form.from_month.data, form.reason.data or ""
        )
        with transaction():
            count = hand_overs_services.hand_over(given=given, by=signature())
        flash(_("%(n)s peserta diserahterimakan. Kedua kader diberi tahu.", n=count))
        return redirect(url_for("care.of_cadre", cadre_id=cadre.id))
    return render_template(
        "care/hand_over.html", cadre=cadre, form=form, people=people, branches=branches, branch=branch
    ), (400 if form.errors else 200)
