"""portal course: what cadres are taught, as versions."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from portal.cli.session import READ_FILE, as_option, json_option, opened, print_json, read_document, signature
from portal.database.transaction import transaction
from portal.training.queries.courses import get_document, list_versions
from portal.training.services.courses import check_document, load_course


@click.group()
def command() -> None:
    """List, show, check and load courses."""


@command.command("list")
@json_option
@as_option
def list_(*, as_json: bool, as_email: str | None) -> None:
    """List the versions of the courses."""
    with opened(as_email):
        rows = list_versions()
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    for row in rows:
        held = f"{row.questions} questions in {row.minutes} minutes, passed with {row.pass_mark}"
        click.echo(
            f"{row.course} v{row.number} from {row.valid_from}: {row.title}, {held}, {row.content_hash}"
        )


@command.command()
@click.argument("code")
@click.argument("number", type=int)
@as_option
def show(*, code: str, number: int, as_email: str | None) -> None:
    """Print version NUMBER of course CODE as JSON: what a new one is made from."""
    with opened(as_email):
        document = get_document(code, number)
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))


@command.command()
@click.argument("file", type=READ_FILE)
def check(*, file: Path) -> None:
    """Check a course FILE against its schema and the rules; nothing is stored."""
    document = read_document(file)
    with opened():
        checked = check_document(document)
    lessons, questions = len(checked["lessons"]), len(checked["questions"])
    click.echo(f"A valid course from {checked['valid_from']}: {lessons} lessons, {questions} questions.")


@command.command()
@click.argument("file", type=READ_FILE)
@json_option
@as_option
def load(*, file: Path, as_json: bool, as_email: str | None) -> None:
    """Store a course FILE as a new version; exams that are under way keep the version they began with."""
    document = read_document(file)
    with opened(as_email) as (_, actor), transaction():
        stored = load_course(document=document, by=signature(actor))
    if as_json:
        print_json(asdict(stored))
    else:
        click.echo(f"Version {stored.number} of {stored.code} holds from {stored.valid_from}.")
