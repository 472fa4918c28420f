"""A database that is really away: a stopped server, and an address that accepts connections and never answers."""

import contextlib
import html
import re
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from portal.database import limits

# A person may be kept waiting for 5 seconds; the tests' machine may be busy with other tests.
PATIENCE = 15


def forget_outage() -> None:
    """Let this process believe that the database was always there."""
    limits._health.failed, limits._health.next_try = False, 0.0


def _server_of(database) -> psutil.Process:
    if not hasattr(database, "server"):
        pytest.skip("the PostgreSQL of PORTAL_TEST_DATABASE_URL is not ours to stop")
    with psycopg.connect(database.admin) as connection:
        folder = connection.execute("SHOW data_directory").fetchone()[0]
    return psutil.Process(int(Path(folder, "postmaster.pid").read_text().splitlines()[0]))


@contextlib.contextmanager
def stopped(database) -> Iterator[None]:
    """Stop the server and all its processes, as on a machine that hangs; resume them at the end."""
    server = _server_of(database)
    held = [server, *server.children(recursive=True)]
    try:
        for process in held:
            process.send_signal(signal.SIGSTOP)
        yield
    finally:
        for process in held:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """Listen on a port that accepts every connection and never answers."""
    kept = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)

        def take() -> None:
            with contextlib.suppress(OSError):
                while True:
                    kept.append(listener.accept()[0])

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    for connection in kept:
        connection.close()


def form_in(page: str) -> tuple[str, dict[str, str]]:
    """Return the action of the page's form for sending again, and its hidden fields."""
    found = re.search(r'<form class="stack full" method="post" action="([^"]+)".*?</form>', page, re.DOTALL)
    assert found, page[-2000:]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', found[0])
    return html.unescape(found[1]), {name: html.unescape(value) for name, value in fields}
