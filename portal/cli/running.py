"""What `make run` does: migrate, load the demo into an empty database, start the portal and the scheduler."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

import click

from portal.config import ConfigError, read_config

PATIENCE = 60.0


class Stopped(Exception):  # noqa: N818 - an order, not an error
    """Ctrl-C or a stop signal."""


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise Stopped


def prepare() -> list[tuple[str, str, str]]:
    """Migrate, store the defaults, load the demo when nobody is there; return the demo accounts to print."""
    from portal.app import create_app
    from portal.cli.db import install_defaults, is_current, migrate

    config = read_config()
    if not is_current(config.owner_url):
        migrate(config.owner_url)
        with create_app(config).app_context():
            install_defaults()
    app = create_app(config)
    with app.test_request_context():
        from portal.demo.accounts import list_demo_accounts
        from portal.people.queries import has_cadres

        if not has_cadres():
            from portal.cli.demo import load_demo

            click.echo("The database is empty: loading the demo data.", err=True)
            load_demo(cadres=30, months=4, seed=1, until=None)
        return list_demo_accounts()


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
        address = f"http://127.0.0.1:{port}"
        while not _ready(f"{address}/readyz"):
            if any(child.poll() is not None for child in children) or time.monotonic() - began > PATIENCE:
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
    try:
        sys.exit(run(int(os.environ.get("PORT", "8000"))))
    except ConfigError as problem:
        click.echo(f"portal: {problem}", err=True)
        sys.exit(1)
