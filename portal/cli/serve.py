"""portal serve: the web server with several workers."""

import os

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from portal.cli.check import refuse_unsound
from portal.cli.session import connected, require_keys
from portal.config import Config, read_config


def prepare(config: Config) -> None:
    """Stop the start for a bad setting, a wrong key or an unsound place here, with one line, not in each worker."""
    refuse_unsound(config)
    with connected(config):
        require_keys()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
def command(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the portal over HTTP."""
    prepare(read_config())
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    Granian(
        "portal.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.warning,
        factory=True,
        respawn_failed_workers=True,
    ).serve()
