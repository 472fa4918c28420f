"""portal import: master data, history, and the official extract."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import click

from portal.activities.imports import import_activities
from portal.cli.extract import extract
from portal.cli.session import (
    READ_FILE,
    as_option,
    describe,
    json_option,
    opened,
    print_json,
    progress,
    signature,
)
from portal.coverage.imports import import_targets
from portal.database.transaction import transaction
from portal.points.services.rebuilding import place_standings
from portal.signups.imports import import_signups
from portal.tables.outcome import ImportResult
from portal.tables.problems import RowError, TableRefused
from portal.transfers.imports.branches import import_branches
from portal.transfers.imports.cadres import import_cadres


class Noun(NamedTuple):
    """What a file contains, the import that reads it, and whether live standings may have to move."""

    what: str
    read: Callable[..., ImportResult]
    moves: bool = False


_NOUNS: Final = {
    "branches": Noun("branches and their regional offices", import_branches, moves=True),
    "cadres": Noun("cadres, their accounts and bank accounts", import_cadres, moves=True),
    "activities": Noun("outreach activities: history and open reports", import_activities),
    "signups": Noun("sign-ups: history and open ones", import_signups),
    "targets": Noun("estimates of informal workers by village and year", import_targets),
}


@click.group()
def command() -> None:
    """Read files into the portal; bad rows are named by line and reason."""


def _subcommand(noun: str) -> click.Command:
    """Make `portal import NOUN FILE`."""
    what, read, moves = _NOUNS[noun]

    @click.command(noun, help=f"Import {what} from a CSV or XLSX FILE, all or nothing.")
    @click.argument("file", type=READ_FILE)
    @as_option
    @json_option
    def run(*, file: Path, as_email: str | None, as_json: bool) -> None:
        with opened(as_email) as (_, actor), progress("Rows read") as advance:
            try:
                with transaction():
                    done = read(file, by=signature(actor), progress=advance)
                    if moves and done.updated:
                        place_standings()
            except TableRefused as refused:
                list_problems(refused.errors)
                if as_json:
                    print_json({"refused": refused.code, "problems": [*map(describe, refused.errors)]})
                raise
            if as_json:
                print_json({"stored": done.stored, "updated": done.updated, "skipped": done.skipped})
            else:
                click.echo(
                    f"{done.stored} stored, {done.updated} updated, {done.skipped} the same as before."
                )

    return run


def list_problems(problems: tuple[RowError, ...]) -> None:
    """Print the bad rows by line and reason."""
    for one in problems:
        place = f"line {one.line}" + (f", {one.column}" if one.column else "")
        click.echo(f"{place}: {describe(one)['reason']}", err=True)


for _noun in _NOUNS:
    command.add_command(_subcommand(_noun))
command.add_command(extract)
