"""portal scheduler: the alarm clock; any number may run."""

import click

from portal.cli.session import check_keys, connected


@click.command()
def command() -> None:
    """Run the scheduler: closes due months, runs long jobs, does the daily work."""
    from portal.app import create_app
    from portal.scheduler import run

    with connected():
        check_keys()
    run(create_app())
