"""portal scheduler: the alarm clock; any number may run."""

import click

from portal.cli.check import refuse_unsound
from portal.cli.session import connected, require_keys
from portal.config import read_config
from portal.scheduler import run


@click.command()
def command() -> None:
    """Run the scheduler: closes due months, runs long jobs, does the half-hourly upkeep."""
    config = read_config()
    refuse_unsound(config)
    with connected(config) as app:
        require_keys()
    run(app)
