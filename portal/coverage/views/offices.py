"""Coverage of the nation by regional office, and of an office by branch."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.coverage.queries.areas import read_nation, read_office
from portal.coverage.views.blueprint import bp
from portal.domain.months import local_date
from portal.web.access import actor, allow


@bp.get("/coverage")
@allow("supervisor", "admin", "auditor")
def index() -> ResponseReturnValue:
    """Show the nation by regional office; lead who works for less to the own office or branch."""
    who = actor()
    if who.scope == "branch":
        return redirect(url_for("coverage.branch", branch_id=who.branch_id))
    if who.scope == "region":
        return redirect(url_for("coverage.region", region_id=who.region_id))
    now = clock.now()
    return render_template(
        "coverage/index.html", table=read_nation(local_date(now, who.zone)), computed_at=now, zone=who.zone
    )


@bp.get("/coverage/regions/<int:region_id>")
@allow("supervisor", "admin", "auditor")
def region(region_id: int) -> str:
    """Show a regional office by branch."""
    who, now = actor(), clock.now()
    table = read_office(region_id, local_date(now, who.zone), actor=who)
    return render_template(
        "coverage/region.html",
        table=table,
        region_id=region_id,
        computed_at=now,
        zone=who.zone,
        nation=who.scope == "nation",
    )
