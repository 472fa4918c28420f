"""portal contributions: the contribution table as dated data."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from portal.cli.session import READ_FILE, as_option, json_option, opened, print_json, read_document, signature
from portal.database.transaction import transaction
from portal.explainer.queries import get_document, list_tables
from portal.explainer.services import check_document, load_table


@click.group()
def command() -> None:
    """List, show, check and load versions of the contribution table."""


@command.command("list")
@json_option
@as_option
def list_(*, as_json: bool, as_email: str | None) -> None:
    """List the versions of the contribution table."""
    with opened(as_email):
        rows = list_tables()
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    for row in rows:
        checked = f"checked on {row.checked_on}" if row.checked_on else "not checked yet"
        click.echo(f"v{row.version} from {row.valid_from}, {checked}, {row.source}, {row.content_hash}")


@command.command()
@click.argument("version", type=int)
@as_option
def show(*, version: int, as_email: str | None) -> None:
    """Print the document of a VERSION as JSON: what a new one is made from."""
    with opened(as_email):
        document = get_document(version)
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


@command.command()
@click.argument("file", type=READ_FILE)
def check(*, file: Path) -> None:
    """Check a contribution table FILE against its schema and the rules; nothing is stored."""
    document = read_document(file)
    with opened():
        checked = check_document(document)
    click.echo(f"A valid contribution table from {checked.valid_from}: {checked.content_hash}")


@command.command()
@click.argument("file", type=READ_FILE)
@json_option
@as_option
def load(*, file: Path, as_json: bool, as_email: str | None) -> None:
    """Store a contribution table FILE as a new version; of two from the same month the later holds."""
    document = read_document(file)
    with opened(as_email) as (_, actor), transaction():
        stored = load_table(document=document, by=signature(actor))
    if as_json:
        print_json(asdict(stored))
    else:
        click.echo(f"Version {stored.version} holds from {stored.valid_from}.")
