"""portal db: migrations and the shipped defaults."""

from dataclasses import replace

import click
from alembic import command as alembic
from alembic.config import Config as Alembic
from sqlalchemy import inspect

from portal import clock
from portal.accounts.services.operator import install_operator
from portal.cli.session import connected, signature
from portal.config import PROJECT, Config, read_config
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.explainer.services import install_shipped_table
from portal.incentives.services.plans import install_shipped_plans
from portal.keys.queries import KeyFault, find_fault
from portal.keys.services import check_keys
from portal.points.services.defaults import install_default_rules
from portal.recognition.services.definitions import install_shipped_recognition
from portal.training.services.courses import install_shipped_course


@click.group()
def command() -> None:
    """Look after the database."""


def migrate(url: str) -> None:
    """Bring the schema to the newest version over the owner's connection."""
    settings = Alembic()
    settings.set_main_option("script_location", str(PROJECT / "migrations"))
    settings.attributes["url"] = url
    alembic.upgrade(settings, "head")


def refuse_wrong_keys() -> None:
    """Stop before a migration if the keys are not the database's: the migration may seal numbers anew."""
    noted = inspect(db.session.connection()).has_table("key_checks")
    fault = find_fault() if noted else None
    if fault is not None:
        raise KeyFault(fault)


def install_defaults() -> None:
    """Store the operator and the default rules, tax table, plans and contribution table, unless they are there."""
    with transaction():
        check_keys(at=clock.now())
        actor = install_operator(at=clock.now())
        install_default_rules(by=signature(actor))
        install_shipped_plans(by=signature(actor))
        install_shipped_table(by=signature(actor))
        install_shipped_course(by=signature(actor))
        install_shipped_recognition(by=signature(actor))


def upgrade_database(config: Config) -> None:
    """Migrate and store the shipped defaults, all as the owner of the tables."""
    with connected(replace(config, database_url=config.owner_url)):
        refuse_wrong_keys()
        db.session.remove()
        db.engine.dispose()
        migrate(config.owner_url)
        install_defaults()


@command.command()
def upgrade() -> None:
    """Run the migrations and store the default rules, tax table, plans and contribution table."""
    upgrade_database(read_config())
    click.echo("The database is up to date.")
