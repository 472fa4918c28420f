"""portal serve: the web server with several workers."""

import gc
import os

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from portal.app import create_app
from portal.cli.check import refuse_unsound
from portal.cli.session import connected, require_keys
from portal.config import Config, read_config


def prepare(config: Config) -> None:
    """Stop the start for a bad setting, a wrong key or an unsound place here, with one line, not in each worker."""
    refuse_unsound(config)
    with connected(config):
        require_keys()


def make_worker() -> Flask:
    """Make a worker's app with its templates compiled: else those who ask first wait for that, several at once.

    What is there by then stays, so that Python looks for garbage among what requests leave, and not through all of it:
    a pass in the middle of a page took as long as the page.
    """
    app = create_app()
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    gc.collect()
    gc.freeze()
    return app


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
        f"{make_worker.__module__}:{make_worker.__name__}",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.warning,
        factory=True,
        respawn_failed_workers=True,
    ).serve()
