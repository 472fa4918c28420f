"""One transaction around one act: commit once if the block succeeds, else roll back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, TypeVar, cast

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.database import limits
from portal.database.collecting import collecting_rarely
from portal.database.extensions import db
from portal.database.shelf import ChangedMeanwhileError, Shelf, shelf
from portal.database.steps import Steps, run_through

_LEAST_SECONDS, _TURN_SECONDS = 0.5, 0.12
View = TypeVar("View", bound=Callable[..., Any])
Ready = TypeVar("Ready")
Result = TypeVar("Result")
Rest = Callable[[], None]
_TRIES: Final = 2


@contextmanager
def transaction(*, begin: str = "IMMEDIATE") -> Iterator[None]:
    """Run the block in a write transaction of its own.

    Ends the request's read transaction first: SQLite cannot turn a read snapshot into a write once another writer
    has committed. One that begins DEFERRED keeps no writer out and may write only into attached files.
    """
    session = db.session
    session.rollback()
    session.connection(execution_options={"sqlite_begin": begin})
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def in_transaction(view: View) -> View:
    """Mark a page that reads within a transaction: through cursors of the server, or by temporary tables."""
    view.in_transaction = True  # type: ignore[attr-defined] # the mark travels with the view, as its access rule does
    return view


def needs_transaction(view: Callable[..., Any]) -> bool:
    """Tell whether a view reads, or writes, within a transaction even where it is only looked at."""
    return getattr(view, "takes_long", False) or getattr(view, "in_transaction", False)


def begin_reads() -> None:
    """Begin what a request reads, before the first of it: on PostgreSQL each statement stands by itself.

    PostgreSQL reads like that within a transaction too (READ COMMITTED); without one a page is spared the round trips
    of BEGIN and ROLLBACK, and at a ROLLBACK psycopg forgets which statements it has prepared. On SQLite a page reads
    one state of the database, as always. Who has read something before (whose upload is how large) stays as they are.
    """
    if db.engine.dialect.name == "postgresql" and not db.session().in_transaction():
        db.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})


def end_reads() -> None:
    """End what a request has read so far: what follows may write, and does so in a transaction."""
    if db.engine.dialect.name == "postgresql":
        db.session.rollback()


def act_in_steps(
    prepare: Callable[[Shelf], Ready], act: Callable[[Ready], Steps[Result]], *, between: Rest | None = None
) -> Result:
    """Run a long act that yields wherever others may write; return its result.

    On SQLite the rows are made ready without its lock, and what comes between two yields is a transaction of its own,
    or several in one as long as they are quick. Then others get their turn: they look again after a tenth of a second
    at the latest, and `between` may write too. On PostgreSQL nobody waits, and all of it is one transaction.
    """
    if db.engine.dialect.name != "sqlite":
        with transaction():
            return run_through(act(prepare(Shelf())))
    with shelf() as rows:
        with transaction(begin="DEFERRED"):
            ready = prepare(rows)
        steps = act(ready)
        while True:
            with transaction():
                rows.attach()
                ended = _go_on(steps)
            if ended is not None:
                return ended.value  # type: ignore[no-any-return] # what a generator returns has no type
            if between is not None:
                between()
            time.sleep(_TURN_SECONDS)


def _go_on(steps: Steps[Any]) -> StopIteration | None:
    """Take steps for a while; return their end, if they came to it."""
    began = time.monotonic()
    try:
        while True:
            next(steps)
            if time.monotonic() - began >= _LEAST_SECONDS:
                return None
    except StopIteration as ended:
        return ended


def attempt(act: Callable[[], None]) -> bool:
    """Run a short act that can be made up for later; False, and nothing kept, where the database would make it wait."""
    try:
        with limits.hurry(), transaction():
            if db.engine.dialect.name == "postgresql":
                db.session.execute(text(f"SET LOCAL lock_timeout = {limits.HURRIED_MILLISECONDS}"))
            act()
    except SQLAlchemyError:
        return False
    return True


def act_prepared(prepare: Callable[[Shelf], Ready | None], act: Callable[[Ready | None], Result]) -> Result:
    """Run a long act in a short transaction, after it was made ready outside of one.

    `prepare` reads and computes while others write, and puts rows on the shelf; the act looks again, under the lock,
    whether all of it still holds, and raises ChangedMeanwhileError if not. Then it is made ready again; where that
    helped as little, or where `prepare` gives None, the act does everything in its transaction.
    """
    with collecting_rarely():
        return _try_prepared(prepare, act)


def _try_prepared(prepare: Callable[[Shelf], Ready | None], act: Callable[[Ready | None], Result]) -> Result:
    for _ in range(_TRIES):
        with shelf() as rows:
            with transaction(begin="DEFERRED"):
                ready = prepare(rows)
            if ready is None:
                break
            try:
                with transaction():
                    return act(ready)
            except ChangedMeanwhileError:
                continue
    with transaction():
        return act(None)


def long_act(view: View) -> View:
    """Lift a view's time limits: it closes, computes or moves much, and must not be cut off."""

    @wraps(view)
    def without_limits(*args: Any, **values: Any) -> Any:
        limits.give_time()
        db.session.rollback()  # the next statement gets a connection that knows about it
        return view(*args, **values)

    without_limits.takes_long = True  # type: ignore[attr-defined] # the mark travels with the view, as its access rule does
    return cast("View", without_limits)
