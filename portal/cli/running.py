"""What `make run` does: migrate, load the demo into an empty database, start the portal and the scheduler."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

import click

from portal.config import DEMO_PASSWORD, PROJECT, ConfigError, read_config

PATIENCE = 60.0  # seconds for the processes to start; migrations and the demo before them take what they take


class Stopped(Exception):  # noqa: N818 - an order, not an error
    """Ctrl-C or a stop signal."""


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise Stopped


def prepare() -> list[tuple[str, str, str]]:
    """Migrate, store the defaults, load the demo into an empty database; return the demo accounts to print.

    On the embedded database, a second start finds everything done with three plain reads and imports nothing.
    """
    config = read_config()
    found = _glance(Path(config.database_url.split("///", 1)[1])) if config.sqlite else None
    if found is not None:
        return found
    from portal.cli.setting_up import set_up  # noqa: PLC0415 - the whole portal, of no use to a second start

    return set_up(config)


def _glance(file: Path) -> list[tuple[str, str, str]] | None:
    """Return the demo accounts of a migrated and filled database file, or None if there is work to do."""
    if not file.exists():
        return None
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        filled = connection.execute("SELECT 1 FROM cadres LIMIT 1").fetchone()
        rows = connection.execute(
            "SELECT role, email FROM users WHERE email LIKE '%@demo.test' AND password_hash IS NOT NULL"
            " AND is_active ORDER BY id",
        ).fetchall()
    except (sqlite3.Error, TypeError):
        return None
    finally:
        connection.close()
    newest = max(path.stem for path in (PROJECT / "migrations" / "versions").glob("[0-9]*.py"))
    return [(role, email, DEMO_PASSWORD) for role, email in rows] if filled and version == newest else None


def _ready(address: str) -> bool:
    with (
        contextlib.suppress(urllib.error.URLError, OSError),
        urllib.request.urlopen(address, timeout=2) as answer,  # noqa: S310 - our own address
    ):
        return bool(answer.status == 200)
    return False


def run(port: int) -> int:
    """Start both processes and stay until one ends or Ctrl-C; return the exit status."""
    began = time.monotonic()
    accounts = prepare()
    binary = str(Path(sys.executable).parent / "portal")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    children: list[subprocess.Popen[bytes]] = []
    status = 0
    try:
        # Sessions of their own, so that Ctrl-C reaches them once and through us.
        children += [
            subprocess.Popen([binary, *words], start_new_session=True)  # noqa: S603 - our own program
            for words in (["serve", "--port", str(port)], ["scheduler"])
        ]
        address, started = f"http://127.0.0.1:{port}", time.monotonic()
        while not _ready(f"{address}/readyz"):
            if any(child.poll() is not None for child in children) or time.monotonic() - started > PATIENCE:
                click.echo(
                    f"portal: could not start at {address}; is the port taken? Try PORT=8001 make run",
                    err=True,
                )
                return 1
            time.sleep(0.1)
        _welcome(address, accounts, time.monotonic() - began)
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
        status = 1
    except Stopped:
        click.echo("\nStopping.")
    finally:
        _end(children)
    return status


def _welcome(address: str, accounts: list[tuple[str, str, str]], seconds: float) -> None:
    click.echo(f"\nPortal Kader is ready after {seconds:.1f} s: {address}\n")
    if accounts:
        click.echo("Demo accounts:")
        for role, login, password in accounts:
            click.echo(f"  {role:<12} {login:<36} {password}")
    click.echo("\nCtrl-C stops it.")
    sys.stdout.flush()


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """Stop the children: ask, wait, and only then kill."""
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait(timeout=5)


if __name__ == "__main__":
    os.umask(0o077)
    try:
        sys.exit(run(int(os.environ.get("PORT", "8000"))))
    except ConfigError as problem:
        click.echo(f"portal: {problem}", err=True)
        sys.exit(1)
