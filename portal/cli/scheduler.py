"""portal scheduler: the alarm clock; any number may run."""

import click

from portal.cli.check import refuse_unsound
from portal.cli.session import check_keys, connected
from portal.config import read_config


@click.command()
def command() -> None:
    """Run the scheduler: closes due months, runs long jobs, does the daily work."""
    from portal.app import create_app
    from portal.scheduler import run

    config = read_config()
    refuse_unsound(config)
    with connected(config):
        check_keys()
    run(create_app(config))
