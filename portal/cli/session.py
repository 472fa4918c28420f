"""What every command shares: the app, the acting person, the progress bar, JSON on stdout."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask
from flask_babel import force_locale

from portal.config import Config
from portal.domain.actors import Actor
from portal.domain.errors import RuleBroken
from portal.domain.months import parse_month
from portal.tables import RowError


class MonthType(click.ParamType[str]):
    """A month as typed: what is none is bad usage."""

    name = "YYYY-MM"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the month."""
        try:
            return parse_month(value)
        except RuleBroken:
            self.fail(f"{value!r} is not a month; write it like 2026-10", param, ctx)


MONTH = MonthType()
as_option = click.option(
    "--as", "as_email", metavar="EMAIL", help="Act as this person (default: the operator)."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON alone on stdout.")


@contextmanager
def connected(config: Config | None = None) -> Iterator[Flask]:
    """Open the app in its context, the keys not looked at; every connection is closed in the end."""
    from portal.app import create_app
    from portal.extensions import db

    app = create_app(config)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def opened(as_email: str | None = None) -> Iterator[tuple[Flask, Actor]]:
    """Open the app and say who acts; every connection is closed in the end."""
    from portal.people.queries import get_actor_by_email, get_operator

    with connected() as app, app.test_request_context(), force_locale("en"):
        check_keys()
        yield app, get_actor_by_email(as_email) if as_email else get_operator()


def check_keys() -> None:
    """Stop with one line where the keys are not this database's; note a new one before it seals anything."""
    from portal import clock, keys
    from portal.transaction import transaction

    fault = keys.find_fault()
    if fault is not None:
        raise keys.KeyFault(fault)
    if not keys.is_noted():
        with transaction():
            keys.check_keys(at=clock.now())


def words(problem: RuleBroken) -> str:
    """Put a broken rule into one English line."""
    from portal.app import create_app
    from portal.wording import refusal

    with create_app().test_request_context(), force_locale("en"):
        return " ".join(refusal(problem.code, problem.values).split())


def describe(problem: RowError) -> dict[str, Any]:
    """Return a bad row as data: line, column, code, and the reason in words."""
    from portal.wording import refusal

    reason = " ".join(refusal(problem.code, problem.values).split())
    return {"line": problem.line, "column": problem.column, "code": problem.code, "reason": reason}


def print_json(value: Mapping[str, Any] | list[Any]) -> None:
    """Print a value as JSON on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str) + "\n")


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show progress on stderr: a bar on a terminal, plain lines otherwise; the callee reports absolute counts."""
    if sys.stderr.isatty() and total:
        with click.progressbar(length=total, label=label, file=sys.stderr) as bar:
            seen = 0

            def advance(done: int) -> None:
                nonlocal seen
                bar.update(done - seen)
                seen = done

            yield advance
        return
    last = -1

    def note(done: int) -> None:
        nonlocal last
        step = done if not total else done * 10 // total
        if step != last:
            last = step
            click.echo(f"{label}: {done}" + (f" of {total}" if total else ""), err=True)

    yield note
