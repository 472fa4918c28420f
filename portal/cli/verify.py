"""portal verify: recompute every closed month and check every invariant."""

import sys

import click

from portal.cli.session import as_option, json_option, opened, print_json


@click.command()
@json_option
@as_option
def command(as_json: bool, as_email: str | None) -> None:
    """Compute again what is stored and hold it against the rules; exit 1 with a list if something differs."""
    from portal.verification.queries import CHECKS, list_findings

    def report(name: str, count: int) -> None:
        click.echo(f"{name}: {'ok' if not count else f'{count} found'}", err=True)

    with opened(as_email):
        findings = list_findings(None if as_json else report)
    if as_json:
        print_json(
            {
                "ok": not findings,
                "checks": list(CHECKS),
                "findings": [{"check": one.check, "what": one.what, "where": one.where} for one in findings],
            },
        )
    elif findings:
        for one in findings:
            click.echo(f"{one.check}: {one.what}: {one.where}")
    else:
        click.echo(f"All {len(CHECKS)} checks hold.")
    if findings:
        sys.exit(1)
