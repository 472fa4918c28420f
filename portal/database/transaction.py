"""One transaction around one act: commit once if the block succeeds, else roll back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from portal.database import limits
from portal.database.extensions import BEGAN, db

_LEAST_SECONDS, _TURN_SECONDS = 0.3, 0.12
View = TypeVar("View", bound=Callable[..., Any])


@contextmanager
def transaction() -> Iterator[None]:
    """Run the block in a write transaction of its own.

    Ends the request's read transaction first: SQLite cannot turn a read snapshot into a write once another writer
    has committed.
    """
    session = db.session
    session.rollback()
    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def only_reads(view: View) -> View:
    """Mark a page that only reads, in statements of which each may see the database as it then is.

    PostgreSQL reads like that within a transaction too (READ COMMITTED); without one it is spared the round trips of
    BEGIN and ROLLBACK. On SQLite a page reads one state of the database, as always.
    """
    view.only_reads = True  # type: ignore[attr-defined] # the mark travels with the view, as its access rule does
    return view


def begin_page(view: Callable[..., Any]) -> None:
    """Begin a page's reads before the first of them: the session's."""
    if getattr(view, "only_reads", False) and db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})


def pause() -> None:
    """Store what is done so far and let waiting writers in on SQLite, then go on with the lock; else do nothing.

    Nor is anything done before the lock has been held for a while. SQLite's waiting writers look again after a tenth of
    a second at the latest.
    """
    session = db.session
    if session.get_bind().dialect.name != "sqlite":
        return
    if time.monotonic() - session.connection().info[BEGAN] >= _LEAST_SECONDS:
        session.commit()
        time.sleep(_TURN_SECONDS)
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


def long_act(view: View) -> View:
    """Lift a view's time limits: it closes, computes or moves much, and must not be cut off."""

    @wraps(view)
    def without_limits(*args: Any, **values: Any) -> Any:
        limits.give_time()
        db.session.rollback()  # the next statement gets a connection that knows about it
        return view(*args, **values)

    without_limits.takes_long = True  # type: ignore[attr-defined] # the mark travels with the view, as its access rule does
    return cast("View", without_limits)
