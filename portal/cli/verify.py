"""portal verify: recompute every closed month, check every invariant, compare with a head kept elsewhere."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from portal import audit, clock
from portal.cli.session import MONTH, READ_FILE, WRITTEN_FILE, as_option, json_option, opened, print_json
from portal.database.transaction import transaction
from portal.verification.queries import CHECKS, OF_A_MONTH, list_findings
from portal.verification.queries.findings import Finding, see_one_moment
from portal.verification.queries.trail import FORMAT, compare_head, kept_head


def _read_head(file: Path) -> Mapping[str, Any]:
    """Read a kept head; a malformed one is reported at once, before the long work."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError):
        kept = None
    wanted = {"format", "number", "at", "head", "months"}
    if not isinstance(kept, dict) or not wanted <= kept.keys() or kept["format"] != FORMAT:
        raise click.ClickException(f"{file} is no head as --write-head writes it")
    return kept


def _write_head(file: Path) -> str:
    """Tie up the audit trail and write its head, replacing the earlier file."""
    with transaction():
        audit.tie_up(at=clock.now())
    kept = kept_head()
    if kept is None:
        raise click.ClickException("there is nothing in the audit trail yet")
    partial = file.with_name(f".{file.name}.partial")
    partial.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    partial.replace(file)
    return str(kept["head"])


def _show(findings: list[Any], checks: list[str], *, as_json: bool) -> None:
    if as_json:
        listed = [{"check": one.check, "what": one.what, "where": one.where} for one in findings]
        print_json({"ok": not findings, "checks": checks, "findings": listed})
        return
    for one in findings:
        click.echo(f"{one.check}: {one.what}: {one.where}")
    if not findings:
        click.echo(f"All {len(checks)} checks hold.")


def _find(month: str | None, checks: list[str], *, quiet: bool) -> list[Finding]:
    """Run the checks: on a terminal with a bar, else with a line for each; in silence for a program that reads."""
    if quiet or not sys.stderr.isatty():
        return list_findings(None if quiet else _say, month=month)
    with click.progressbar(length=len(checks), label="Checks", file=sys.stderr) as bar:
        return list_findings(lambda _name, _count: bar.update(1), month=month)


def _say(name: str, count: int) -> None:
    click.echo(f"{name}: {'ok' if not count else f'{count} found'}", err=True)


@click.command()
@click.option(
    "--head",
    type=READ_FILE,
    help="A head kept elsewhere, to compare the audit trail and the closed months with.",
)
@click.option(
    "--write-head",
    type=WRITTEN_FILE,
    help="If all holds, tie up the audit trail and write its head to this file, to be kept elsewhere.",
)
@click.option("--month", type=MONTH, help="Make only the checks of one closed month, YYYY-MM.")
@json_option
@as_option
def command(
    *, head: Path | None, write_head: Path | None, month: str | None, as_json: bool, as_email: str | None
) -> None:
    """Compute again what is stored and hold it against the rules; exit 1 with a list if something differs."""
    if write_head is not None and month is not None:
        raise click.UsageError("--write-head needs all checks, so it does not go with --month")
    kept, checks = _read_head(head) if head else None, list(OF_A_MONTH if month else CHECKS)
    with opened(as_email):
        see_one_moment()
        findings = _find(month, checks, quiet=as_json)
        if kept is not None:
            checks.append("audit.kept_head")
            findings += [Finding("audit.kept_head", one.what, one.where) for one in compare_head(kept)]
        _show(findings, checks, as_json=as_json)
        if write_head is not None and not findings:
            digest = _write_head(write_head)
            click.echo(f"Wrote the head {digest[:16]} to {write_head}.", err=True)
    if findings:
        sys.exit(1)
