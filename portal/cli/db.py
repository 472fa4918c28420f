"""portal db: migrations and the shipped defaults."""

from dataclasses import replace

import click

from portal.cli.session import connected
from portal.config import PROJECT, Config, read_config


@click.group()
def command() -> None:
    """Look after the database."""


def migrate(url: str) -> None:
    """Bring the schema to the newest version over the owner's connection."""
    from alembic import command as alembic
    from alembic.config import Config as Alembic

    settings = Alembic()
    settings.set_main_option("script_location", str(PROJECT / "migrations"))
    settings.attributes["url"] = url
    alembic.upgrade(settings, "head")


def refuse_wrong_keys(config: Config) -> None:
    """Stop before a migration where the keys are not those of the database: it may seal numbers anew."""
    from sqlalchemy import inspect

    from portal import keys
    from portal.extensions import db

    with connected(replace(config, database_url=config.owner_url)):
        noted = inspect(db.session.connection()).has_table("key_checks")
        fault = keys.find_fault() if noted else None
    if fault is not None:
        raise keys.KeyFault(fault)


def install_defaults() -> None:
    """Store the operator and the default rules, tax table and plans, unless they are there."""
    from portal import clock, keys
    from portal.incentives.services import install_shipped_plans
    from portal.people.services import install_operator
    from portal.points.services import install_default_rules
    from portal.transaction import transaction

    with transaction():
        keys.check_keys(at=clock.now())
        actor = install_operator(at=clock.now())
        install_default_rules(actor=actor, at=clock.now())
        install_shipped_plans(actor=actor, at=clock.now())


@command.command()
def upgrade() -> None:
    """Run the migrations and store the default rules, tax table and plans."""
    config = read_config()
    from portal import vault
    from portal.app import create_app

    refuse_wrong_keys(config)
    vault.configure(list(config.data_keys), config.index_key)  # a migration may seal numbers anew
    migrate(config.owner_url)

    with create_app(config).app_context():
        install_defaults()
    click.echo("The database is up to date.")
