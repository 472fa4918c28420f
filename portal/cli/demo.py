"""portal demo: believable data to try the portal out with."""

from datetime import date

import click
from flask import current_app

from portal import clock
from portal.cadres.queries.cadres import has_cadres
from portal.cli.session import LAST_DAY, opened, progress
from portal.demo.accounts import list_demo_accounts
from portal.demo.calendar import make_calendar
from portal.demo.load import load_everything
from portal.domain.errors import RuleBroken
from portal.domain.months import local_date


@click.group()
def command() -> None:
    """Load demo data."""


def load_demo(*, cadres: int, months: int, seed: int, until: date | None) -> None:
    """Load the demo into an empty database inside an app context; RuleBroken where that is not possible."""
    today = local_date(clock.now(), "Asia/Jakarta")
    if current_app.config["PORTAL"].production:
        raise RuleBroken("demo.production")
    if has_cadres():
        raise RuleBroken("demo.not_empty")
    if until is not None and until > today:
        raise RuleBroken("demo.in_future", {"day": until.isoformat()})
    day = until or today
    steps = 2 * cadres * len(make_calendar(day, months).months)
    with progress("Demo", steps) as watch:
        load_everything(cadres=cadres, months=months, seed=seed, until=day, watch=watch)


@command.command()
@click.option(
    "--cadres", type=click.IntRange(1, 100_000), default=30, show_default=True, help="How many cadres."
)
@click.option("--months", type=click.IntRange(1, 36), default=4, show_default=True, help="Closed months.")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed and day give the same data."
)
@click.option(
    "--until",
    type=LAST_DAY,
    default=None,
    help="The day it ends, or the month whose last day it is (default: today); nothing is dated later.",
)
def load(cadres: int, months: int, seed: int, until: date | None) -> None:
    """Fill an empty database with a believable Palembang; refused in production."""
    with opened():
        load_demo(cadres=cadres, months=months, seed=seed, until=until)
        click.echo("The demo is loaded. Accounts:")
        for role, login, password in list_demo_accounts():
            click.echo(f"  {role:<16} {login:<24} {password}")
