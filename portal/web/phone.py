"""Pages that a cadre's phone may keep for when there is no signal: the view says so, the answer says for whom."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, Response, current_app, g, request, session, url_for
from flask_babel import get_locale

from portal.web.once import is_said_once

View = TypeVar("View", bound=Callable[..., Any])
HEADER: Final = "Portal-Keep"
# Who wants to be remembered on this device, and who does not: a day's work without a signal has to fit.
HOURS_REMEMBERED: Final = 24 * 30
HOURS: Final = 12


def kept_on_phone(view: View) -> View:
    """Let a cadre's phone keep this page: it shows nothing but what is the cadre's own, and no form that ages."""
    view.kept_on_phone = True  # type: ignore[attr-defined] # the mark travels with the view, as its access rule does
    return view


def kept_with_arguments(view: View) -> View:
    """Let a cadre's phone keep what a script of a kept page asks for, under its whole address."""
    view.kept_with_arguments = True  # type: ignore[attr-defined] # as above
    return view


def hours_on_phone() -> int:
    """Return how long what is kept may be opened without a word from the server."""
    return HOURS_REMEMBERED if session.permanent else HOURS


def pages_on_phone() -> list[str]:
    """List the addresses of the pages that a phone may keep."""
    views = current_app.view_functions
    return sorted(url_for(name) for name, view in views.items() if getattr(view, "kept_on_phone", False))


def _say(response: Response) -> Response:
    """Say whose page this is, in which language and for how long; one that tells what just happened is not kept."""
    view = current_app.view_functions.get(request.endpoint or "")
    whole = getattr(view, "kept_on_phone", False) and not request.args and not is_said_once()
    if not whole and not getattr(view, "kept_with_arguments", False):
        return response
    who = getattr(g.get("_login_user"), "actor", None)
    if who is not None and who.cadre_id and response.status_code in {200, 304}:
        response.headers[HEADER] = f"{who.user_id} {get_locale()} {hours_on_phone()}"
    return response


def init_app(app: Flask) -> None:
    """Mark the answers."""
    app.after_request(_say)
