"""The variable parts of addresses: a value that cannot name anything is not found."""

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter

from portal.domain.months import MONTH_PATTERN


class RowNumber(IntegerConverter):
    """A row's number: `<int:cadre_id>`; one too large for the database matches no route."""

    regex = "[0-9]{1,15}"


class MonthOfYear(BaseConverter):
    """A month: `<month:month>`, written YYYY-MM."""

    regex = MONTH_PATTERN


def init_app(app: Flask) -> None:
    """Register the converters; before any route is added."""
    app.url_map.converters["int"] = RowNumber
    app.url_map.converters["month"] = MonthOfYear
