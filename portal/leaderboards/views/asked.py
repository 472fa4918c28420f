"""Which board and which period the address of a page asks for."""

from flask import request, url_for

from portal import clock
from portal.domain.errors import NotFound
from portal.domain.months import local_date, month_of
from portal.domain.periods import is_month
from portal.leaderboards.queries.pages import Period, find_period
from portal.leaderboards.queries.scopes import SCOPES

HOSTS = "hosts"  # the board of host bodies as teams, of the whole nation


def asked_period() -> str:
    """Return what the address names as its period: `period`, or as older ones do, `month`."""
    return request.args.get("period") or request.args.get("month", "")


def read_period(zone: str) -> Period:
    """Read the period from the address; by default, or if it has not begun, the present one."""
    return find_period(asked_period(), current=month_of(local_date(clock.now(), zone)))


def read_scope(default: str = "branch") -> str:
    """Read the scope from the address; NotFound for one that is not there."""
    scope = request.args.get("scope", default)
    if scope not in (*SCOPES, HOSTS):
        raise NotFound("leaderboards.no_scope", {"scope": scope})
    return scope


def board_address(endpoint: str, period: Period, code: str = "", **words: object) -> str:
    """Return the address of a page of boards: of the period shown, or of another one."""
    named = code or period.code
    if named == period.current:
        return url_for(endpoint, **words)  # type: ignore[arg-type] # url_for's words may be anything
    return url_for(endpoint, **{"month" if is_month(named) else "period": named}, **words)  # type: ignore[arg-type] # as above
