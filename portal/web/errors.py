"""Turns refusals and faults into pages that say what to do next."""

import logging
import secrets

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from portal.database.extensions import db
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.texts.labels import refusal
from portal.web import problems

log = logging.getLogger("portal")
PAGES = {400, 401, 403, 404, 405, 409, 413, 429, 503}


def forget_person() -> None:
    """Render this answer as for a visitor who is not signed in: the database cannot say whose session it is."""
    g._login_user = AnonymousUserMixin()  # noqa: SLF001 - where Flask-Login keeps who it is


def _page(template: str, **values: object) -> str:
    """Render an error page, whether or not the person can be looked up."""
    try:
        return render_template(template, **values)
    except SQLAlchemyError:
        forget_person()
        return render_template(template, **values)


def status_of(problem: RuleBroken) -> int:
    """Return the HTTP status of a broken rule."""
    if isinstance(problem, NotFound):
        return 404
    return 403 if isinstance(problem, NotAllowed) else 409


def _back() -> str:
    """Return the page of ours the person came from, as a path."""
    referrer = request.referrer or ""
    path = referrer.removeprefix(request.host_url) if referrer.startswith(request.host_url) else ""
    return "/" + path.lstrip("/\\")  # two slashes would name another host


def handle_rule(problem: RuleBroken) -> ResponseReturnValue:
    """Show which rule stands in the way and what to do about it."""
    db.session.rollback()
    status = status_of(problem)
    if problems.asked_by_program():
        return problems.of_rule(problem, status)
    if status in {403, 404}:
        return _page(f"errors/{status}.html"), status
    text = refusal(problem.code, problem.values)
    return _page("errors/refused.html", message=text, code=problem.code, back=_back()), status


def handle_refused(refused: problems.Refused) -> ResponseReturnValue:
    """Tell a program why its request is refused."""
    db.session.rollback()
    return problems.of_refusal(refused)


def handle_http(problem: HTTPException) -> ResponseReturnValue:
    """Show the page of an HTTP error."""
    code = problem.code or 500
    if code < 400:
        return problem.get_response()
    if problems.asked_by_program():
        return problems.of_http(problem)
    page = code if code in PAGES else 400 if code < 500 else 500
    page = 403 if page == 401 else 400 if page == 409 else page
    return _page(f"errors/{page}.html"), code


def handle_fault(problem: Exception) -> ResponseReturnValue:
    """Answer a fault with a short code that is in the log too; nothing of the request's data is logged."""
    db.session.rollback()
    number = f"PK-{secrets.token_hex(2).upper()}"
    log.error("fault %s in %s", number, request.endpoint, exc_info=problem)
    if problems.asked_by_program():
        return problems.of_rule(RuleBroken("api.fault", {"number": number}), 500)
    return _page("errors/500.html", number=number), 500


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(RuleBroken, handle_rule)
    app.register_error_handler(problems.Refused, handle_refused)
    app.register_error_handler(HTTPException, handle_http)
    if not app.config.get("PROPAGATE_EXCEPTIONS"):
        app.register_error_handler(Exception, handle_fault)
