"""Bodies that break off, drip, lie about their length or never end: refused, while everybody else is served."""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from contextlib import closing
from types import SimpleNamespace

import pytest
from cast import make_cast
from extracts import everything
from live import ROOT, LivePortal, free_port
from signing_in import csrf_token, sign_in

from portal.database.extensions import db

pytestmark = [pytest.mark.slow]
MIB = 1024 * 1024
BOUNDARY = "cut-here"
TRACES = ("user_sessions", "heartbeats", "audit_events", "months")


@pytest.fixture
def portal(app, database, tmp_path):
    cast = make_cast()
    client = sign_in(app.test_client(), cast.vera)
    token = csrf_token(client)
    cookie = client.get_cookie("portal").value
    db.session.remove()
    with LivePortal(database, tmp_path / "instance", clock="2026-11-22T12:00:00+07:00") as live:
        live.start_web(workers=1)
        live.cookie, live.token = cookie, token
        yield live


def stored() -> dict:
    db.session.rollback()
    found = everything(without=TRACES)
    db.session.rollback()
    return found


def head(portal, path: str, length: str) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{portal.port}\r\nCookie: portal={portal.cookie}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n{length}\r\nConnection: close\r\n\r\n"
    ).encode()


def part(name: str, value: str, more: str = "") -> bytes:
    said = f'Content-Disposition: form-data; name="{name}"{more}'
    return f"--{BOUNDARY}\r\n{said}\r\n\r\n{value}\r\n".encode()


def form(portal) -> bytes:
    return part("csrf_token", portal.token) + part("as_of", "2026-10-31")


def status(connection: socket.socket) -> int | None:
    """Read the status of an answer; None when there is none."""
    connection.settimeout(20)
    try:
        first = connection.recv(64)
    except (TimeoutError, ConnectionError):
        return None
    return int(first.split()[1]) if first.startswith(b"HTTP/") else None


def connect(portal) -> socket.socket:
    return socket.create_connection(("127.0.0.1", portal.port), timeout=20)


def is_well(portal) -> bool:
    with urllib.request.urlopen(f"{portal.url}/readyz", timeout=20) as answer:
        return answer.status == 200


def test_an_upload_cut_midway_stores_nothing(portal):
    before = stored()
    for _ in range(5):
        with closing(connect(portal)) as connection:
            body = form(portal) + part("file", "NIK,KPJ\n" * 1000, '; filename="a.csv"')
            connection.sendall(head(portal, "/extracts/upload", f"Content-Length: {10 * len(body)}") + body)
            connection.shutdown(socket.SHUT_WR)
            assert status(connection) in {None, 400, 422}
    assert stored() == before
    assert is_well(portal)
    assert "Traceback" not in portal.log()


def test_a_body_too_long_is_refused_whatever_it_says_of_its_length(portal):
    before = stored()
    chunk = b"x" * 65_536
    chunked = f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"
    said = {
        f"Content-Length: {500 * MIB}": chunk,
        f"Content-Length: {2**63}": chunk,
        "Content-Length: -1": chunk,
        "Content-Length: 12abc": chunk,
        "Transfer-Encoding: chunked": chunked,
    }
    for length, piece in said.items():
        with closing(connect(portal)) as connection:
            try:
                connection.sendall(head(portal, "/extracts/upload", length))
                for _ in range(100 * MIB // len(chunk)):
                    connection.sendall(piece)
            except (ConnectionError, TimeoutError):
                pass  # it hung up on us: that is an answer too
            assert status(connection) in {None, 400, 403, 413, 422}, length
        assert is_well(portal), length
    assert stored() == before
    assert "Traceback" not in portal.log()


def test_a_short_page_takes_no_long_body(portal):
    with closing(connect(portal)) as connection:
        connection.sendall(head(portal, "/login", f"Content-Length: {3 * MIB}") + form(portal))
        connection.shutdown(socket.SHUT_WR)
        assert status(connection) in {None, 400, 413}
    assert is_well(portal)


@pytest.fixture
def proxy(portal, tmp_path):
    """The proxy of docs/operations.md in front of the portal, without its certificate."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        assert not os.environ.get("CI"), "nginx is installed by .ci/tools"
        pytest.skip("nginx is not there")
    said = (ROOT / "docs" / "operations.md").read_text().split("```nginx\n")[1].split("```")[0]
    port = free_port()
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port}"),
        ("127.0.0.1:8000", f"127.0.0.1:{portal.port}"),
        ("$host;", "$http_host;"),
    ):
        assert old in said, "the test follows the page"
        said = said.replace(old, new)
    said = "".join(line for line in said.splitlines(keepends=True) if "ssl_certificate" not in line)
    folder = tmp_path / "proxy"
    folder.mkdir(mode=0o755)
    places = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{ worker_connections 256; }}\n"
        f"http {{ access_log off; {places}\n{said}\n}}\n"
    )
    process = subprocess.Popen([nginx, "-c", str(config), "-p", str(folder), "-e", str(folder / "error.log")])
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield SimpleNamespace(
            port=port, url=f"http://127.0.0.1:{port}", cookie=portal.cookie, token=portal.token
        )
    finally:
        process.terminate()
        process.wait(20)


def test_many_slow_bodies_leave_room_for_others_behind_the_documented_proxy(proxy, portal):
    """Forty connections send a byte now and then, to four threads; pages are served all the while."""
    stop = threading.Event()

    def drip(connection: socket.socket) -> None:
        try:
            connection.sendall(head(proxy, "/extracts/upload", f"Content-Length: {MIB}"))
            while not stop.wait(0.2):
                connection.sendall(b"x")
        except OSError:
            pass

    connections = [connect(proxy) for _ in range(40)]
    threads = [threading.Thread(target=drip, args=(one,), daemon=True) for one in connections]
    for thread in threads:
        thread.start()
    time.sleep(1)
    try:
        served = [is_well(proxy) for _ in range(5)]
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)
        for one in connections:
            one.close()
    assert served == [True] * 5
    assert is_well(portal)
