"""portal month: the status of the months, and closing one."""

from typing import Any

import click

from portal import clock
from portal.cli.session import MONTH, as_option, json_option, opened, print_json, signature
from portal.database.transaction import act_prepared
from portal.months.queries.alarms import list_alarms
from portal.months.queries.status import list_status
from portal.months.services.closing import close_month, rehearse_month
from portal.months.services.preparing import prepare_close


@click.group()
def command() -> None:
    """Look at the months and close them."""


@command.command()
@json_option
@as_option
def status(*, as_json: bool, as_email: str | None) -> None:
    """Show which months are closed, and what keeps the open ones from closing."""
    with opened(as_email):
        rows = list_status(at=clock.now())
        alarms = {alarm.month: alarm.reason for alarm in list_alarms(at=clock.now())}
    if as_json:
        keys = ("month", "status", "blocker", "closes_at", "closed_at", "digest", "summary")
        found = [
            {key: getattr(row, key) for key in keys}
            | {"alarm": row.month in alarms, "alarm_reason": alarms.get(row.month)}
            for row in rows
        ]
        print_json(found)
        return
    if not rows:
        click.echo("Nothing has been posted yet, so there is no month.")
    for row in rows:
        text = row.digest if row.status == "closed" else (row.blocker or "due")
        click.echo(
            f"{row.month}  {row.status:6}  {text}"
            + (f"  ALARM: {alarms[row.month]}" if row.month in alarms else "")
        )


@command.command()
@click.argument("month", type=MONTH)
@click.option("--early", is_flag=True, help="Close before the close moment; the month must have ended.")
@click.option("--dry-run", is_flag=True, help="Compute everything, digest included, and write nothing.")
@json_option
@as_option
def close(*, month: str, early: bool, dry_run: bool, as_json: bool, as_email: str | None) -> None:
    """Close MONTH (YYYY-MM), or find it closed."""
    with opened(as_email) as (_, actor):
        if dry_run:
            done = rehearse_month(month=month)
        else:
            by = signature(actor)
            done = act_prepared(
                lambda rows: prepare_close(month=month, at=by.at, rows=rows, early=early),
                lambda ready: close_month(month=month, by=by, early=early, ready=ready),
            )
    values: dict[str, Any] = done.as_json()
    if as_json:
        print_json(values)
        return
    word = "would close" if dry_run and not done.already else "already closed" if done.already else "closed"
    click.echo(f"{values.pop('month')} {word}: {values.pop('digest')}")
    click.echo(", ".join(f"{name} {amount}" for name, amount in values.items()))
