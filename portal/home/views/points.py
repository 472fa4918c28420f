"""A cadre's ledger, entry by entry, with the names of the participants that points came from."""

from flask import render_template, request, url_for

from portal.cadres.queries.cadres import get_cadre
from portal.domain.actors import STAFF
from portal.home.queries.cadre import name_sources
from portal.home.views.blueprint import bp
from portal.points.queries import PAGE, list_entries
from portal.web.access import actor, allow
from portal.web.addresses import row_number


@bp.get("/points")
@allow("cadre")
def own_points() -> str:
    """Show the cadre's own entries, newest first."""
    return _ledger("home/own_points.html", actor().cadre_id or 0, url_for("home.own_points"))


@bp.get("/cadres/<int:cadre_id>/points")
@allow(*STAFF)
def points(cadre_id: int) -> str:
    """Show a cadre's entries to staff inside their scope."""
    cadre = get_cadre(cadre_id, actor=actor())
    return _ledger("home/points.html", cadre.id, url_for("home.points", cadre_id=cadre.id), cadre=cadre)


def _ledger(template: str, cadre_id: int, address: str, **values: object) -> str:
    before = request.args.get("before", type=row_number)
    entries = list_entries(cadre_id=cadre_id, before=before, limit=PAGE + 1)
    more = len(entries) > PAGE
    entries = entries[:PAGE]
    return render_template(
        template,
        entries=entries,
        names=name_sources([entry.source for entry in entries]),
        newest=address if before else "",
        older=f"{address}?before={entries[-1].id}" if more else "",
        **values,
    )
