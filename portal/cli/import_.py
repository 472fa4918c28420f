"""portal import: master data, history, and the official extract."""

import importlib
from pathlib import Path

import click

from portal.cli.extract import extract
from portal.cli.session import as_option, describe, json_option, opened, print_json, progress
from portal.tables import RowError, TableRefused

# The noun, what it reads, the slice whose imports.py reads it, and whether live standings may have to move.
_NOUNS = {
    "branches": ("branches and their regional offices", "people", True),
    "cadres": ("cadres, their accounts and bank accounts", "people", True),
    "activities": ("outreach activities: history and open reports", "activities", False),
    "signups": ("sign-ups: history and open ones", "signups", False),
}


@click.group()
def command() -> None:
    """Read files into the portal; bad rows are named by line and reason."""


def _subcommand(noun: str) -> click.Command:
    """Make `portal import NOUN FILE`."""
    what, home, moves = _NOUNS[noun]

    @click.command(noun, help=f"Import {what} from a CSV or XLSX FILE, all or nothing.")
    @click.argument("file", type=click.Path(path_type=Path))
    @as_option
    @json_option
    def run(*, file: Path, as_email: str | None, as_json: bool) -> None:
        from portal import clock
        from portal.transaction import transaction

        read = getattr(importlib.import_module(f"portal.{home}.imports"), f"import_{noun}")
        with opened(as_email) as (_, actor), progress("Rows read") as advance:
            try:
                with transaction():
                    done = read(file, actor=actor, at=clock.now(), progress=advance)
                    if moves and done.updated:
                        from portal.points.services import place_standings

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
    """Name the bad rows by line and reason."""
    for one in problems:
        place = f"line {one.line}" + (f", {one.column}" if one.column else "")
        click.echo(f"{place}: {describe(one)['reason']}", err=True)


for _noun in _NOUNS:
    command.add_command(_subcommand(_noun))
command.add_command(extract)
