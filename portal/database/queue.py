"""A queue in front of SQLite's one write lock: writers get it in the order in which they came.

SQLite's own waiting is a lottery: each writer sleeps and tries again, and some lose for seconds. Here each draws a
number, locks the byte of that number in a file beside the database, and begins once no lower byte is locked. The
kernel frees the byte of a process that dies. The queue only orders: where there is none, SQLite's lock decides.
"""

import fcntl
import os
import struct
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from portal.database import limits

_STEP: Final = 0.001  # seconds between two looks, for each writer ahead
_MOST: Final = 0.01
_LONG: Final = 0.05  # a shorter wait is not taken off the time that SQLite may wait
_COUNTER: Final = 0  # this byte is locked while a number is drawn
_FLOCK: Final = "hhqqi4x"  # the kernel's struct flock: type, whence, start, length, process
_PLACE: Final = "queue"


def watch(engine: Engine) -> None:
    """Give a connection's place up when its transaction is over and it goes back to the pool."""
    for name in ("checkin", "invalidate", "soft_invalidate"):
        event.listen(engine, name, lambda _connection, record, *_: leave(record.info))


def enter(connection: Connection) -> None:
    """Wait for this connection's turn to write, as long as a write may wait; then SQLite is asked either way."""
    if _PLACE in connection.info:
        return
    milliseconds, began = limits.lock_milliseconds(), time.monotonic()
    place = _queue_up(Path(connection.engine.url.database or ""), began + milliseconds / 1000)
    if place is None:
        return
    connection.info[_PLACE] = place
    waited = time.monotonic() - began
    if waited > _LONG:
        limits.wait_for_locks(
            connection.connection, connection.info, max(0, milliseconds - int(waited * 1000))
        )


def leave(info: dict[Any, Any]) -> None:
    """Let the next one in."""
    place = info.pop(_PLACE, None)
    if place is not None:
        _give_up(place)


def _give_up(place: int) -> None:
    """Unlock first: a child process being started may hold a copy of the handle for a moment."""
    try:
        _ask(place, fcntl.F_OFD_SETLK, fcntl.F_UNLCK, 0, 0)
    finally:
        os.close(place)


def _queue_up(database: Path, deadline: float) -> int | None:
    """Return the open file whose locks are one's place, after the wait; None if there can be no queue."""
    try:
        place = _open(database)
    except OSError:
        return None
    try:
        number = _draw_number(place, deadline)
        while (ahead := _count_ahead(place, number)) and time.monotonic() < deadline:
            time.sleep(min(ahead * _STEP, _MOST))
    except OSError:  # the disk is full, or the file system knows no locks
        _give_up(place)
        return None
    except BaseException:
        _give_up(place)
        raise
    return place


def _open(database: Path) -> int:
    """Open the queue's file, made with the rights of the database as SQLite makes its own."""
    known = database.stat()
    place = os.open(f"{database}-queue", os.O_RDWR | os.O_CREAT, known.st_mode & 0o666)
    if os.geteuid() == 0:
        os.fchown(place, known.st_uid, known.st_gid)
    return place


def _draw_number(place: int, deadline: float) -> int:
    """Draw the next number and lock its byte."""
    while not _lock(place, _COUNTER):
        if time.monotonic() > deadline:
            raise OSError("nobody gets a number")
        time.sleep(_STEP)
    number = int.from_bytes(os.pread(place, 8, 0), "big") + 1
    os.pwrite(place, number.to_bytes(8, "big"), 0)
    _lock(place, number)
    _ask(place, fcntl.F_OFD_SETLK, fcntl.F_UNLCK, _COUNTER, 1)
    return number


def _lock(place: int, byte: int) -> bool:
    """Lock one byte; False if somebody else has it."""
    try:
        _ask(place, fcntl.F_OFD_SETLK, fcntl.F_WRLCK, byte, 1)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _count_ahead(place: int, number: int) -> int:
    """Return 0 if it is this number's turn, else how far ahead somebody stands: one of them, not always the first."""
    if number == 1:
        return 0
    kind, _, start, *_rest = _ask(place, fcntl.F_OFD_GETLK, fcntl.F_WRLCK, 1, number - 1)
    return 0 if kind == fcntl.F_UNLCK else number - start


def _ask(place: int, command: int, kind: int, start: int, length: int) -> tuple[int, ...]:
    """Ask the kernel for, or about, a lock of this open file: it belongs to the open file, not to the process."""
    found = fcntl.fcntl(place, command, struct.pack(_FLOCK, kind, os.SEEK_SET, start, length, 0))
    return struct.unpack(_FLOCK, found)
