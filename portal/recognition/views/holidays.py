"""National holidays, whose weeks break no streak: read by admins and auditors, entered and removed by admins."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.database.transaction import transaction
from portal.domain.months import CLOSE_ZONE, local_date
from portal.recognition.forms import HolidayForm, RemoveForm
from portal.recognition.queries.definitions import list_holidays
from portal.recognition.services import definitions as definitions_services
from portal.recognition.views.blueprint import bp
from portal.web.access import allow, signature

YEARS = range(2015, 2101)


@bp.get("/recognition/holidays")
@allow("admin", "auditor", scope="nation")
def holidays() -> ResponseReturnValue:
    """List the holidays of a year."""
    return _page(_year(), HolidayForm(formdata=None)), 200


def _year() -> int:
    asked = request.args.get("year", type=int)
    return asked if asked is not None and asked in YEARS else local_date(clock.now(), CLOSE_ZONE).year


def _page(year: int, form: HolidayForm) -> str:
    return render_template(
        "recognition/holidays.html", rows=list_holidays(year), year=year, years=YEARS, form=form
    )


@bp.post("/recognition/holidays/enter")
@allow("admin", scope="nation")
def enter_holiday() -> ResponseReturnValue:
    """Enter a holiday, or name one anew."""
    form = HolidayForm()
    if form.validate() and form.day.data and form.day.data.year not in YEARS:
        form.day.errors = [_("Pilih tahun %(first)s sampai %(last)s.", first=YEARS[0], last=YEARS[-1])]
    if form.errors:
        return _page(_year(), form), 422
    day = form.day.data or date.min
    with form.refusals_at("name", "recognition."), transaction():
        definitions_services.enter_holiday(day=day, name=form.name.data or "", by=signature())
    if form.refused is not None:
        return _page(day.year, form), 422
    flash(_("Tersimpan. Runtun minggu itu dihitung lagi."))
    return redirect(url_for("recognition.holidays", year=day.year))


@bp.post("/recognition/holidays/remove")
@allow("admin", scope="nation")
def remove_holiday() -> ResponseReturnValue:
    """Remove a holiday."""
    form = RemoveForm()
    if not form.validate() or form.day.data is None:
        return redirect(url_for("recognition.holidays"))
    with transaction():
        definitions_services.remove_holiday(day=form.day.data, by=signature())
    flash(_("Dihapus. Runtun minggu itu dihitung lagi."))
    return redirect(url_for("recognition.holidays", year=form.day.data.year))
