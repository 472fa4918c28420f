"""portal user: accounts."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any

import click

from portal.accounts.queries.tokens import list_tokens
from portal.accounts.queries.users import UserFilter, all_users, find_user_by_identifier
from portal.accounts.services.requests import Done, add_or_ask, assign_or_ask, reset_or_ask
from portal.accounts.services.tokens import create_token, revoke_token
from portal.accounts.services.users import NewPerson, RoleAssignment
from portal.cli.session import as_option, json_option, opened, print_json, signature
from portal.database.transaction import transaction
from portal.domain.actors import ROLES, SCOPES, TOKEN_SCOPES
from portal.domain.errors import RuleBroken
from portal.organisation.queries import find_branch_by_code, list_regional_offices

_roles = click.Choice([role for role in ROLES if role not in {"operator", "cadre"}])
_person_options = (
    click.argument("email"),
    click.option("--name", required=True, help="The person's name."),
    click.option("--phone", help="Phone number; signs in with it too."),
)
_role_options = (
    click.option("--role", type=_roles, required=True, help="What the person does."),
    click.option("--scope", type=click.Choice(SCOPES), help="Default: by --branch or --region, else nation."),
    click.option("--branch", "branch_code", metavar="CODE", help="The branch, for the scope branch."),
    click.option("--region", "region_code", metavar="CODE", help="The regional office, for the scope region."),
)  # fmt: skip


@click.group()
def command() -> None:
    """Add accounts, change roles, start password resets."""


@dataclass(frozen=True)
class GivenRole:
    """A role as typed, and where it holds, by the codes of a branch or regional office."""

    role: str
    scope: str | None
    branch_code: str | None
    region_code: str | None

    def assignment(self) -> RoleAssignment:
        """Look the codes up; raise RuleBroken for an unknown branch or regional office."""
        chosen = self.scope or ("branch" if self.branch_code else "region" if self.region_code else "nation")
        branch = find_branch_by_code(self.branch_code) if self.branch_code else None
        if self.branch_code and branch is None:
            raise RuleBroken("people.unknown_branch", {"code": self.branch_code})
        offices = {office.code: office.id for office in list_regional_offices()}
        if self.region_code and self.region_code not in offices:
            raise RuleBroken("people.unknown_office", {"code": self.region_code})
        return RoleAssignment(
            self.role, chosen, branch.id if branch else None, offices.get(self.region_code or "")
        )


def _gathered(name: str, kind: type[Any], options: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    """Give a command several options and arguments as one value, named after the fields of its kind."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def command(**typed: Any) -> None:
            value = kind(**{field.name: typed.pop(field.name) for field in fields(kind)})
            function(**typed, **{name: value})

        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _say_asked(number: int, *, as_json: bool = False) -> None:
    """Say that a second admin has to confirm it on the page of requests."""
    if as_json:
        print_json({"request": number, "status": "open"})
    else:
        click.echo(f"Asked: another admin confirms request {number} at /users/requests.")


@command.command("add")
@_gathered("person", NewPerson, _person_options)
@_gathered("given", GivenRole, _role_options)
@click.option("--password-stdin", is_flag=True, help="Read the first password from standard input.")
@as_option
@json_option
def add(
    *, person: NewPerson, given: GivenRole, password_stdin: bool, as_email: str | None, as_json: bool
) -> None:
    """Add an account of the staff and print its first password, which has to be changed at first sign-in."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    with opened(as_email) as (_, actor):
        with transaction():
            done = add_or_ask(
                person=person, assignment=given.assignment(), by=signature(actor), password=password
            )
        if not isinstance(done, Done):
            _say_asked(done.id, as_json=as_json)
        elif as_json:
            print_json({"email": done.user.email, "role": given.role, "password": done.secret})
        else:
            click.echo(f"Added {done.user.email} as {given.role}.")
            if password is None:
                click.echo(f"First password: {done.secret}")


@command.command("role")
@click.argument("email")
@_gathered("given", GivenRole, _role_options)
@as_option
def role(*, email: str, given: GivenRole, as_email: str | None) -> None:
    """Give an account another role or scope; its sessions end."""
    with opened(as_email) as (_, actor):
        with transaction():
            done = assign_or_ask(assignment=given.assignment(), user_id=_user_id(email), by=signature(actor))
        if isinstance(done, Done):
            click.echo(f"{email} is {given.role} now.")
        else:
            _say_asked(done.id)


@command.command("reset")
@click.argument("email")
@as_option
@json_option
def reset(*, email: str, as_email: str | None, as_json: bool) -> None:
    """Print a one-time code with which the person sets a new password within 30 minutes."""
    with opened(as_email) as (_, actor):
        with transaction():
            done = reset_or_ask(user_id=_user_id(email), by=signature(actor))
        if not isinstance(done, Done):
            _say_asked(done.id, as_json=as_json)
        elif as_json:
            print_json({"email": email, "code": done.secret})
        else:
            click.echo(f"One-time code, valid for 30 minutes at /password/reset: {done.secret}")


@command.command("list")
@click.option(
    "--role", type=click.Choice([role for role in ROLES if role != "operator"]), help="Only this role."
)
@as_option
@json_option
def list_(*, role: str | None, as_email: str | None, as_json: bool) -> None:
    """List the accounts: e-mail address, role, scope, name and state."""
    with opened(as_email) as (_, actor):
        rows = [
            {
                "email": user.email or "",
                "role": user.role,
                "scope": branch_or_office or user.scope,
                "name": user.name,
                "active": user.is_active,
                "password": user.password_hash is not None,
            }
            for user, branch_or_office in all_users(actor, UserFilter(role=role or ""))
        ]
        if as_json:
            print_json(rows)
            return
        for row in rows:
            state = "" if row["active"] else "  (disabled)"
            click.echo(f"{row['email'] or '-':<40} {row['role']:<11} {row['scope']:<12} {row['name']}{state}")


@command.command("token")
@click.argument("email")
@click.option(
    "--scopes", required=True, metavar="LIST", help=f"What it is for, of: {','.join(TOKEN_SCOPES)}."
)
@click.option("--days", type=int, required=True, help="How many days it is valid.")
@click.option("--name", default="", help="What its owner knows it by.")
@as_option
@json_option
def token(*, email: str, scopes: str, days: int, name: str, as_email: str | None, as_json: bool) -> None:
    """Make a personal token, with which a program acts for somebody at /api/v1; it is shown once."""
    with opened(as_email) as (_, actor):
        wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        with transaction():
            made = create_token(
                user_id=_user_id(email), name=name, scopes=wanted, days=days, by=signature(actor)
            )
        row = made.row
        if as_json:
            said = {"email": email, "number": row.id, "scopes": row.scopes, "token": made.secret}
            print_json(said | {"expires_at": row.expires_at.isoformat()})
        else:
            click.echo(
                f"Token {row.id} of {email} for {', '.join(row.scopes)}, until {row.expires_at:%Y-%m-%d}."
            )
            click.echo(made.secret)


@command.command("tokens")
@click.argument("email")
@as_option
@json_option
def tokens(*, email: str, as_email: str | None, as_json: bool) -> None:
    """List the personal tokens of an account that are valid now."""
    with opened(as_email) as (_, actor):
        found = list_tokens(_user_id(email), at=signature(actor).at)
        rows = [
            {
                "number": row.id,
                "name": row.name,
                "scopes": row.scopes,
                "expires_at": row.expires_at.isoformat(),
                "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None,
            }
            for row in found
        ]
        if as_json:
            print_json(rows)
            return
        for one in found:
            until = f"until {one.expires_at:%Y-%m-%d}"
            click.echo(f"{one.id:<6} {until}  {','.join(one.scopes):<20} {one.name}")


@command.command("revoke-token")
@click.argument("email")
@click.argument("number", type=int)
@as_option
def revoke(*, email: str, number: int, as_email: str | None) -> None:
    """Revoke a personal token, by its number of `portal user tokens`."""
    with opened(as_email) as (_, actor):
        with transaction():
            revoke_token(token_id=number, user_id=_user_id(email), by=signature(actor))
        click.echo(f"Token {number} of {email} is revoked.")


def _user_id(identifier: str) -> int:
    """Return the account with an e-mail address or phone number."""
    user = find_user_by_identifier(identifier)
    if user is None:
        raise RuleBroken("people.no_such_email", {"email": identifier})
    return user.id
