"""portal import extract: the official extract read, matched and, with --apply, stored and confirmed."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

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
from portal.database.shelf import Shelf
from portal.database.steps import Steps, one_step
from portal.database.transaction import act_in_steps
from portal.domain.actors import Actor
from portal.membership.services.applying import Reading, apply_in_steps, preview_extract, read_extract
from portal.membership.services.results import ExtractResult, GivenExtract
from portal.scheduler import keep_tasks
from portal.tables.problems import RowError, TableRefused
from portal.texts.labels import label

_COUNTS = {
    "participants": "participants in the file",
    "participants_new": "participants not known before",
    "contributions_new": "contributions not known before",
    "contributions_same": "contributions stored already",
    "conflicts": "rows that disagree with a stored contribution or with each other (not applied)",
    "matched": "sign-ups newly matched",
    "unmatched": "sign-ups unmatched again",
    "rejected": "sign-ups rejected: already a member",
    "linked": "imported validated sign-ups recognised",
    "expired": "sign-ups expired",
    "disputed": "sign-ups disputed: a second one came alive",
    "contradicted": "imported sign-ups that newly differ from the extract, or no longer do",
    "left_dispute": "sign-ups out of their dispute: no rival is left",
    "validated": "sign-ups validated",
    "ready": "matches that wait for confirmation",
}


@click.command("extract")
@click.argument("file", type=READ_FILE)
@click.option(
    "--as-of",
    "as_of",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which the agency made the extract.",
)
@click.option("--apply", "apply_it", is_flag=True, help="Store it and confirm what is certain and paid.")
@click.option("--skip-bad", is_flag=True, help="Leave bad rows out instead of refusing the file.")
@as_option
@json_option
def extract(
    *, file: Path, as_of: datetime, apply_it: bool, skip_bad: bool, as_email: str | None, as_json: bool
) -> None:
    """Read the official extract FILE: what it holds and what would come of it; --apply makes it so."""
    with opened(as_email) as (_, actor), progress("Rows read") as advance:
        try:
            result = _run(
                file, as_of=as_of, apply_it=apply_it, skip_bad=skip_bad, actor=actor, advance=advance
            )
        except TableRefused as refused:
            if not refused.errors:
                raise
            _print_problems(refused.errors)
            if as_json:
                print_json({"applied": False, "refused": refused.code, "problems": _plain(refused.errors)})
            raise
        document = result.document() | {"problems": _plain(result.problems)}
        if as_json:
            print_json(document)
        else:
            _print_result(document)
        _print_problems(result.problems)
        if result.bad_rows and not (apply_it or skip_bad):
            raise TableRefused("table.bad_rows", {"count": result.bad_rows})


def _run(
    file: Path, *, as_of: datetime, apply_it: bool, skip_bad: bool, actor: Actor, advance: Any
) -> ExtractResult:
    given, by = GivenExtract(file, as_of.date()), signature(actor)

    def read(shelf: Shelf) -> Reading:
        return read_extract(given, shelf, by=by, progress=advance)

    def act(found: Reading) -> Steps[ExtractResult]:
        if apply_it:
            return apply_in_steps(found, by=by, confirm=True, skip_bad=skip_bad)
        return one_step(lambda: preview_extract(found, by=by))

    result = act_in_steps(read, act)
    if apply_it:
        keep_tasks()
    return result


def _print_result(document: dict[str, Any]) -> None:
    """Print the profile and the counts in plain lines."""
    profile, counts = document["profile"], document["counts"]
    click.echo(f"As of {document['as_of']}: {profile['rows']} good rows, {document['bad_rows']} bad rows.")
    if profile["paid_rows"]:
        click.echo(
            f"{profile['paid_rows']} paid months, {profile['first_blth']} to {profile['last_blth']}, "
            f"paid {profile['first_paid_on']} to {profile['last_paid_on']}, {profile['rupiah']} rupiah."
        )
    for name, meaning in _COUNTS.items():
        if counts.get(name):
            click.echo(f"{counts[name]:>9} {meaning}")
    if document["nothing_new"]:
        click.echo("Nothing new.")
    if not document["applied"]:
        click.echo("Nothing was written. Add --apply to store it and confirm the matches.")


def _plain(problems: Iterable[RowError]) -> list[dict[str, Any]]:
    """Return the bad rows as data, each column by its heading in the file."""
    return [describe(one) | {"column": _heading(one)} for one in problems]


def _heading(problem: RowError) -> str:
    return str(label("extract_column", problem.column)) if problem.column else ""


def _print_problems(problems: Iterable[RowError]) -> None:
    """Print the bad rows by line and reason."""
    for one in problems:
        place = f"line {one.line}" + (f", {_heading(one)}" if one.column else "")
        click.echo(f"{place}: {describe(one)['reason']}", err=True)
