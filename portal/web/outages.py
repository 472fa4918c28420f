"""A database that is down, hangs or is full: a page that keeps what was typed, and one line in the log."""

import errno
import logging
from contextlib import suppress
from typing import Final

from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from portal.database import limits
from portal.database.extensions import db
from portal.texts.labels import refusal
from portal.web.errors import forget_person, handle_fault
from portal.web.logs import quieten
from portal.web.problems import problem_document
from portal.web.typed import typed, wants_json

log = logging.getLogger("portal.web.outages")
RETRY_SECONDS: Final = 5
_NEEDS_NO_DATABASE: Final = {"static", "home.healthz"}
# SQLite's messages about the file, the disk or another writer; all others are bugs of ours.
_SQLITE: Final = ("BUSY", "LOCKED", "FULL", "IOERR", "CANTOPEN", "READONLY", "PROTOCOL", "NOMEM")
NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT)
_FULL: Final = ("SQLITE_FULL", "53100")


def is_outage(problem: SQLAlchemyError) -> bool:
    """Tell whether a fault is the database's own: unreachable, too slow, locked or full."""
    if isinstance(problem, PoolTimeout):
        return True
    if not isinstance(problem, DBAPIError):
        return False
    name = getattr(problem.orig, "sqlite_errorname", None)
    if name is not None:
        return str(name).removeprefix("SQLITE_").startswith(_SQLITE)
    return problem.connection_invalidated or isinstance(problem, OperationalError | InterfaceError)


def is_full(problem: BaseException) -> bool:
    """Tell whether the database says that its disk is full."""
    cause = getattr(problem, "orig", None)
    said = (getattr(cause, "sqlite_errorname", None), getattr(cause, "sqlstate", None))
    return any(word in _FULL for word in said)


def handle_outage(problem: Exception) -> ResponseReturnValue:
    """Answer 503 without asking the database, so without knowing who is signed in."""
    if isinstance(problem, SQLAlchemyError) and not is_outage(problem):
        return handle_fault(problem)
    forget_person()
    full = is_full(problem)
    if not isinstance(problem, limits.DatabaseAwayError):
        with suppress(SQLAlchemyError):
            db.session.rollback()
        cause = str(getattr(problem, "orig", None) or problem).strip().partition("\n")[0]
        log.error("database %s: %s", "full" if full else "away", cause[:200])
    return unavailable(full=full)


def handle_disk(problem: OSError) -> ResponseReturnValue:
    """Say that the disk for photos and files is full; any other file error is a fault of ours."""
    if problem.errno not in NO_SPACE:
        return handle_fault(problem)
    with suppress(SQLAlchemyError):
        db.session.rollback()
    log.error("disk full: %s", problem.strerror)
    return unavailable(full=True)


def unavailable(*, full: bool) -> Response:
    """Say that nothing was stored and when to try again: a page with what was typed, or JSON."""
    if wants_json():
        code = "disk_full" if full else "database_away"
        answer = problem_document(503, code, refusal("api.away", {}))
    else:
        answer = make_response(render_template("errors/away.html", typed=typed(), full=full), 503)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _begin() -> None:
    if request.endpoint in _NEEDS_NO_DATABASE:
        return
    try:
        limits.begin()
    except limits.DatabaseAwayError:
        if request.endpoint != "home.readyz":  # which says so itself
            raise


def _end(_problem: BaseException | None) -> None:
    limits.end()


def init_app(app: Flask) -> None:
    """Limit how long each page waits; runs first, since everything after it asks the database."""
    app.before_request(_begin)
    app.teardown_request(_end)
    app.register_error_handler(limits.DatabaseAwayError, handle_outage)
    app.register_error_handler(SQLAlchemyError, handle_outage)
    app.register_error_handler(OSError, handle_disk)
    pool = type(db.engine.pool)
    quieten("portal.web.outages", f"{pool.__module__}.{pool.__name__}")
