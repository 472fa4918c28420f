"""portal verify: recompute every closed month, check every invariant, compare with a head kept elsewhere."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from portal import audit, clock
from portal.cli.session import READ_FILE, WRITTEN_FILE, as_option, json_option, opened, print_json
from portal.database.transaction import transaction
from portal.verification.queries import CHECKS, list_findings
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
@json_option
@as_option
def command(*, head: Path | None, write_head: Path | None, as_json: bool, as_email: str | None) -> None:
    """Compute again what is stored and hold it against the rules; exit 1 with a list if something differs."""

    def report(name: str, count: int) -> None:
        click.echo(f"{name}: {'ok' if not count else f'{count} found'}", err=True)

    kept, checks = _read_head(head) if head else None, list(CHECKS)
    with opened(as_email):
        see_one_moment()
        findings = list_findings(None if as_json else report)
        if kept is not None:
            checks.append("audit.kept_head")
            findings += [Finding("audit.kept_head", one.what, one.where) for one in compare_head(kept)]
        _show(findings, checks, as_json=as_json)
        if write_head is not None and not findings:
            digest = _write_head(write_head)
            click.echo(f"Wrote the head {digest[:16]} to {write_head}.", err=True)
    if findings:
        sys.exit(1)
