"""What the office sees of care: participants in danger by cadre, and one cadre's list."""

from functools import partial

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.cadres.queries.cadres import get_cadre
from portal.care.queries.cohorts import count_states, list_retained
from portal.care.queries.office import PAGE, list_in_danger
from portal.care.views.blueprint import bp
from portal.care.views.own import show_group
from portal.domain.months import local_date, month_of
from portal.web.access import actor, allow, may_open
from portal.web.addresses import row_number

READERS = ("supervisor", "admin", "auditor")


@bp.get("/care")
@allow(*READERS)
def in_danger() -> ResponseReturnValue:
    """List the cadres in scope with their participants in danger, who has the most first."""
    skip = request.args.get("skip", 0, type=row_number)
    who = actor()
    rows = list_in_danger(who, skip=skip)
    return render_template(
        "care/in_danger.html",
        rows=rows[:PAGE],
        cohorts=list_retained(who, month_of(local_date(clock.now(), who.zone))),
        newer=url_for("care.in_danger") if skip else "",
        older=url_for("care.in_danger", skip=skip + PAGE) if len(rows) > PAGE else "",
    )


@bp.get("/cadres/<int:cadre_id>/participants")
@allow(*READERS)
def of_cadre(cadre_id: int) -> ResponseReturnValue:
    """Show a cadre's participants of one group."""
    cadre = get_cadre(cadre_id, actor=actor())
    today = local_date(clock.now(), actor().zone)
    return render_template(
        "care/of_cadre.html",
        cadre=cadre,
        standing=count_states(cadre.id, today),
        shown=show_group(cadre.id, today, partial(url_for, "care.of_cadre", cadre_id=cadre.id)),
        may_hand_over=may_open("care.hand_over"),
    )
