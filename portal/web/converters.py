"""What the variable parts of an address may be: what cannot name anything is not found."""

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter

from portal.domain.months import MONTH_PATTERN


class RowNumber(IntegerConverter):
    """A row's number: `<int:cadre_id>`; one that no database could hold names nothing."""

    regex = "[0-9]{1,15}"


class MonthOfYear(BaseConverter):
    """A month: `<month:month>`, written YYYY-MM."""

    regex = MONTH_PATTERN


def init_app(app: Flask) -> None:
    """Let routes use them; before any route is added."""
    app.url_map.converters["int"] = RowNumber
    app.url_map.converters["month"] = MonthOfYear
