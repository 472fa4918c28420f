"""portal import: master data, history, and the official extract."""

import click

from portal.cli.extract import extract


@click.group()
def command() -> None:
    """Read files into the portal; bad rows are named by line and reason."""


command.add_command(extract)
