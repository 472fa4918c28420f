"""A cadre's ledger, month by month, each entry with the sentences that explain it."""

from datetime import date

from flask import render_template, request, url_for

from portal import clock
from portal.cadres.queries.cadres import get_cadre
from portal.domain.actors import STAFF
from portal.domain.months import local_date, month_of
from portal.home.queries.ledger import Place, name_marks, read_ledger
from portal.home.views.blueprint import bp
from portal.web.access import actor, allow
from portal.web.addresses import month_asked, row_number


@bp.get("/points")
@allow("cadre")
def own_points() -> str:
    """Show the cadre's own entries of a month, newest first."""
    return _ledger("home/own_points.html", actor().cadre_id or 0, url_for("home.own_points"))


@bp.get("/cadres/<int:cadre_id>/points")
@allow(*STAFF)
def points(cadre_id: int) -> str:
    """Show a cadre's entries of a month to staff inside their scope."""
    cadre = get_cadre(cadre_id, actor=actor())
    return _ledger("home/points.html", cadre.id, url_for("home.points", cadre_id=cadre.id), cadre=cadre)


def _ledger(template: str, cadre_id: int, address: str, **values: object) -> str:
    today, asked = local_date(clock.now(), actor().zone), month_asked("month")
    seen = _place()
    ledger = read_ledger(cadre_id=cadre_id, month=asked or month_of(today), asked=bool(asked), seen=seen)
    here = f"{address}?month={ledger.month}"
    return render_template(
        template,
        ledger=ledger,
        marks=name_marks(ledger, today=today),
        address=address,
        newest=here if seen else "",
        older=f"{here}&day={ledger.older[0]}&before={ledger.older[1]}" if ledger.older else "",
        **values,
    )


def _place() -> Place | None:
    """Read behind which entry the page begins; the month's first one if the address names none."""
    number = request.args.get("before", type=row_number)
    day = request.args.get("day", type=date.fromisoformat)
    return None if number is None or day is None else (day, number)
