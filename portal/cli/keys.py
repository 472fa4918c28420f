"""portal keys: make a key, say which keys are in use, seal everything anew under the first one."""

import base64
import secrets
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from portal import audit, clock, vault
from portal.accounts.queries.sessions import get_operator
from portal.cli.session import connected, json_option, opened, print_json, progress, require_keys, signature
from portal.config import read_config
from portal.database.transaction import transaction
from portal.keys.queries import count_by_key, count_old, sealed_columns
from portal.keys.services import reseal_batch, retire_keys

if TYPE_CHECKING:
    from portal.keys.queries import SealedColumn


@click.group()
def command() -> None:
    """Look after the keys of the sealed columns."""


@command.command()
def make() -> None:
    """Print a fresh key of 32 random bytes, as PORTAL_DATA_KEY and PORTAL_INDEX_KEY want it."""
    click.echo(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())


@command.command()
@json_option
def status(*, as_json: bool) -> None:
    """Say how many texts each key has sealed, the one that seals now first."""
    with opened():
        counts = count_by_key()
        names = vault.key_names()
    rows = [
        {"key": name, "given": name in names, "writes": name == names[0], "texts": counts.get(name, 0)}
        for name in [*names, *sorted(set(counts) - set(names))]
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = "seals now" if row["writes"] else "opens" if row["given"] else "NOT GIVEN"
        click.echo(f"{row['key']}  {row['texts']:>10}  {state}")


@command.command()
@click.option("--batch", type=click.IntRange(1, 10_000), default=500, show_default=True, help="Rows at once.")
def rotate(batch: int) -> None:
    """Seal everything anew under the first key of PORTAL_DATA_KEY; a run that was killed goes on where it was.

    Runs over PORTAL_DATABASE_OWNER_URL, since payments and bank accounts are frozen for everybody else.
    """
    config = read_config()
    with connected(replace(config, database_url=config.owner_url)):
        require_keys()
        columns = sealed_columns()
        done = sum(_rotate_column(one, batch) for one in columns)
        left = sum(count_old(one) for one in columns)
        if not left:
            _retire_old_keys(done)
    click.echo(f"{done} texts sealed anew.")
    if left:
        click.echo(
            f"portal: {left} texts are still under older keys: some process seals with them;"
            " restart all of them with the new key first, then run this again",
            err=True,
        )
        sys.exit(1)
    click.echo(
        "Nothing is sealed by an older key any more: once all processes run with the new key,"
        " PORTAL_DATA_KEY may hold its first key alone. Keep the old one as long as backups that need it.",
    )


def _retire_old_keys(done: int) -> None:
    """Record which keys no longer seal anything."""
    with transaction():
        retired = retire_keys(at=clock.now())
        if done or retired:
            audit.record(
                by=signature(get_operator()),
                act="keys.rotated",
                subject=("keys", "data"),
                details={"texts": done, "retired": retired},
            )


def _rotate_column(one: "SealedColumn", batch: int) -> int:
    """Seal a column anew, one transaction for each batch."""
    total = count_old(one)
    if not total:
        return 0
    done, after = 0, None
    with progress(one.name, total) as report:
        while True:
            with transaction():
                after, changed = reseal_batch(one, after=after, limit=batch)
            if not changed:
                return done
            done += changed
            report(done)
