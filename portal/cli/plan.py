"""portal plan: incentive plans as data."""

from pathlib import Path

import click

from portal.cli.session import (
    MONTH,
    READ_FILE,
    as_option,
    json_option,
    opened,
    print_json,
    read_document,
    signature,
)
from portal.database.transaction import transaction
from portal.domain.errors import NotFound
from portal.incentives.computation.simulations import simulate_plan
from portal.incentives.queries.plans import list_plans
from portal.incentives.services.plans import assign_plan, check_document, load_plan
from portal.organisation.queries import find_branch_by_code


@click.group()
def command() -> None:
    """List, check, load, assign and simulate incentive plans."""


@command.command("list")
@json_option
@as_option
def list_(*, as_json: bool, as_email: str | None) -> None:
    """List the versions of all plans."""
    with opened(as_email):
        rows = [
            {
                "code": row.code,
                "version": row.version,
                "name": row.document["name"],
                "valid_from": row.valid_from,
                "approved": row.approved_at is not None,
                "content_hash": row.content_hash,
            }
            for row in list_plans()
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = "approved" if row["approved"] else "waits for approval"
        click.echo(
            f"{row['code']} v{row['version']} from {row['valid_from']}, {state}, {row['content_hash']}"
        )


@command.command()
@click.argument("file", type=READ_FILE)
def check(*, file: Path) -> None:
    """Check a plan FILE against the published schema and the rules; nothing is stored."""
    document = read_document(file)
    with opened():
        checked = check_document(document)
    click.echo(f"{checked.code} from {checked.valid_from} is a valid plan: {checked.content_hash}")


@command.command()
@click.argument("file", type=READ_FILE)
@json_option
@as_option
def load(*, file: Path, as_json: bool, as_email: str | None) -> None:
    """Store a plan FILE as an approved version."""
    document = read_document(file)
    with opened(as_email) as (_, actor), transaction():
        stored = load_plan(document=document, by=signature(actor), approved=True)
        values = {"code": stored.code, "version": stored.version, "content_hash": stored.content_hash}
    if as_json:
        print_json(values)
    else:
        click.echo(f"{values['code']} version {values['version']} is loaded and approved.")


@command.command()
@click.argument("code")
@click.option("--branch", required=True, metavar="CODE|all", help="The branch's code, or all of them.")
@click.option("--from", "from_month", required=True, type=MONTH, help="The first month it holds.")
@as_option
def assign(*, code: str, branch: str, from_month: str, as_email: str | None) -> None:
    """Give a branch, or all, the plan CODE from an open month on; the code none takes it away."""
    with opened(as_email) as (_, actor), transaction():
        found = None if branch == "all" else find_branch_by_code(branch)
        if branch != "all" and found is None:
            raise NotFound("plans.no_such_branch", {"branch": branch})
        changed = assign_plan(
            branch_id=found.id if found else None,
            code=None if code == "none" else code,
            from_month=from_month,
            by=signature(actor),
        )
    click.echo(f"{changed} branches changed to {code} from {from_month}.")


@command.command()
@click.argument("code")
@click.argument("month", type=MONTH)
@json_option
@as_option
def simulate(*, code: str, month: str, as_json: bool, as_email: str | None) -> None:
    """Compute what MONTH would cost if every branch had the plan CODE; nothing is stored."""
    with opened(as_email):
        found = simulate_plan(code, month)
    values = found.as_json()
    if as_json:
        print_json(values)
        return
    for name, amount in values.items():
        click.echo(f"{name}: {amount}")
