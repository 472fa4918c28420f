"""portal scheduler: the alarm clock; any number may run."""

import click


@click.command()
def command() -> None:
    """Run the scheduler: closes due months, runs long jobs, does the daily work."""
    from portal.app import create_app
    from portal.scheduler import run

    run(create_app())
