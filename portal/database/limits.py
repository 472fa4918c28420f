"""How long a page waits for the database; work outside pages waits as long as it needs.

A page's request carries its limits (`Patience` in `flask.g`). Closing, imports, checks, migrations and exports run
without limits, as commands do. PostgreSQL itself ends a page's statement that takes too long; a server that is
stopped or unreachable cannot, so this side stops waiting too. After a failure one request at a time tries again and
the others are answered at once, so that nobody who queued waits twice.
"""

import select
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

import psycopg
from flask import g, has_app_context
from psycopg import errors
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

CONNECT_SECONDS: Final = 3
POOL_SECONDS: Final = 3
# How long PostgreSQL lets a statement run (0: as long as it needs), and how long a transaction may sit idle: in an
# act, while Python computes between two statements.
SERVER_MILLISECONDS: Final = {"page": (4_000, 60_000), "act": (0, 1_800_000)}
ANSWER_SECONDS: Final = 4.5
QUIET_SECONDS: Final = 1.0
LOCK_SECONDS: Final = {"page": 5, "act": 30}  # waiting for another writer, on SQLite
HURRIED_MILLISECONDS: Final = 50
# The kernel notices a peer that vanished silently, in acts without a limit too.
NETWORK: Final[dict[str, int]] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}

T = TypeVar("T")


@dataclass
class Patience:
    """The limits of one request; `spent` once it has waited for the database in vain."""

    spent: bool = False
    answered: bool = False
    probing: bool = False
    long: bool = False
    hurried: bool = False


@dataclass
class _Health:
    """What this process knows about the database: after a failure, when it may be tried again."""

    failed: bool = False
    next_try: float = 0.0
    probe: threading.Lock = field(default_factory=threading.Lock)


_health = _Health()


class DatabaseAwayError(Exception):
    """The database failed a moment ago, and another request is trying it again."""


def begin() -> None:
    """Give the request its limits; raise DatabaseAwayError while the database is known to be away."""
    g.patience = patience = Patience()
    if not _health.failed:
        return
    if time.monotonic() < _health.next_try or not _health.probe.acquire(blocking=False):
        patience.spent = True
        raise DatabaseAwayError
    patience.probing = True


def end() -> None:
    """Learn from a finished request whether the database is back."""
    patience = _patience()
    if patience is not None and patience.probing:
        patience.probing = False
        _health.failed = patience.spent or not patience.answered
        _health.probe.release()


def give_time() -> None:
    """Lift the limits for this request: it closes, computes or reads much."""
    if (patience := _patience()) is not None:
        patience.long = True


@contextmanager
def hurry() -> Iterator[None]:
    """Let a page's write hardly wait for other writers on SQLite: it can be made up for later."""
    patience = _patience() or Patience()
    patience.hurried = True
    try:
        yield
    finally:
        patience.hurried = False


def record_failure() -> None:
    """Remember that the database could not be reached, so that requests in the queue do not wait for it."""
    if (patience := _patience()) is not None:
        patience.spent = True
        _health.failed, _health.next_try = True, time.monotonic() + QUIET_SECONDS


def lock_milliseconds() -> int:
    """Return how long a write waits for another writer on SQLite."""
    patience = _patience()
    if patience is not None and patience.hurried:
        return HURRIED_MILLISECONDS
    return LOCK_SECONDS["page" if _limited() else "act"] * 1000


def _patience() -> Patience | None:
    return cast("Patience | None", g.get("patience")) if has_app_context() else None


def _limited() -> bool:
    patience = _patience()
    return patience is not None and not patience.long


class Connection(psycopg.Connection[Any]):
    """A connection that does not wait forever on behalf of a page."""

    def wait(self, gen: Generator[Any, Any, T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for the server; give the connection up if it keeps a page waiting."""
        patience = _patience()
        if patience is not None and (patience.spent or not patience.long):
            timeout = 0.05 if patience.spent else ANSWER_SECONDS
        try:
            found = super().wait(gen, interval, timeout)
        except errors._WaitTimeout:  # noqa: SLF001 - psycopg's own word for it; tests/web/test_outages.py watches
            record_failure()
            self.close()
            raise errors.OperationalError("the server does not answer") from None
        if patience is not None:
            patience.answered = True
        return found


def _connect(_dialect: Any, _record: Any, words: Any, options: dict[str, Any]) -> Connection:
    """Open a connection, unless this request has already waited in vain."""
    patience = _patience()
    if patience is not None and patience.spent:
        raise errors.OperationalError("the server did not answer a moment ago")
    try:
        return Connection.connect(*words, **options)
    except errors.OperationalError:
        record_failure()
        raise


def _check_alive(connection: Any, record: Any, _proxy: Any) -> None:
    """Replace pooled connections whose server has gone, without asking it: that would cost each request a round trip.

    A server that stops or ends a session closes its side, and the kernel does so for a peer that vanished (NETWORK):
    then there is something to read on a connection that nobody has asked anything.
    """
    if record.info.get("used") and (connection.closed or _has_news(connection.pgconn.socket)):
        raise InvalidatePoolError
    record.info["used"] = True


def _has_news(socket: int) -> bool:
    watch = select.poll()
    watch.register(socket, select.POLLIN)
    return bool(watch.poll(0))


def _limit_statements(connection: Any, record: Any, _proxy: Any) -> None:
    """Set PostgreSQL's statement timeout where it differs from the one set before."""
    limited = _limited()
    if record.info.get("limited", False) != limited:
        statement, idle = SERVER_MILLISECONDS["page" if limited else "act"]
        before, connection.autocommit = connection.autocommit, True
        connection.execute(
            f"SET statement_timeout = {statement}; SET idle_in_transaction_session_timeout = {idle}"
        )
        connection.autocommit = before
        record.info["limited"] = limited


def _limit_locks(connection: Any, record: Any, _proxy: Any) -> None:
    """Set how long SQLite waits for another writer."""
    wait_for_locks(connection, record.info, lock_milliseconds())


def wait_for_locks(connection: Any, info: dict[Any, Any], milliseconds: int) -> None:
    """Set how long this connection waits where it has another limit; the next checkout sets the usual one."""
    if info.get("busy_timeout") != milliseconds:
        connection.execute(f"PRAGMA busy_timeout={milliseconds}")
        info["busy_timeout"] = milliseconds


def watch(engine: Engine) -> None:
    """Apply the limits to an engine's connections."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "checkout", _limit_locks)
    else:
        event.listen(engine, "do_connect", _connect)
        event.listen(engine, "checkout", _check_alive)
        event.listen(engine, "checkout", _limit_statements)
