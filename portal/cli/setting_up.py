"""What the first `make run` does in an empty place: migrate, store the defaults, load the demo."""

import click

from portal.app import create_app
from portal.cadres.queries.cadres import has_cadres
from portal.cli.db import upgrade_database
from portal.cli.demo import load_demo
from portal.config import Config
from portal.demo.accounts import list_demo_accounts


def set_up(config: Config) -> list[tuple[str, str, str]]:
    """Do whatever is missing; return the demo accounts: role, address, password."""
    upgrade_database(config)
    with create_app(config).test_request_context():
        if not has_cadres():
            click.echo("The database is empty: loading the demo data.", err=True)
            load_demo(cadres=30, months=4, seed=1, until=None)
        return list_demo_accounts()
