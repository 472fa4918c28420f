"""What every command shares: the app, the acting person, the progress bar, JSON on stdout."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask
from flask_babel import force_locale

from portal import clock
from portal.accounts.queries.sessions import get_operator
from portal.app import create_app
from portal.cadres.queries.actors import get_actor_by_email
from portal.config import Config
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Actor, Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import last_day, parse_month
from portal.keys import services as keys_services
from portal.keys.queries import KeyFault, are_recorded, find_fault
from portal.tables.problems import RowError
from portal.texts.labels import refusal


class MonthType(click.ParamType[str]):
    """A month as typed; anything else is bad usage."""

    name = "YYYY-MM"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the month."""
        try:
            return parse_month(value)
        except RuleBroken:
            self.fail(f"{value!r} is not a month; write it like 2026-10", param, ctx)


class LastDayType(click.ParamType[date]):
    """A day, or a month that stands for its last day."""

    name = "YYYY-MM[-DD]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day."""
        try:
            return last_day(parse_month(value)) if len(value) == 7 else date.fromisoformat(value)
        except (RuleBroken, ValueError):
            self.fail(f"{value!r} is no day and no month; write it like 2026-10-31 or 2026-10", param, ctx)


MONTH = MonthType()
LAST_DAY = LastDayType()
READ_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITTEN_FILE: Final = click.Path(dir_okay=False, path_type=Path)
as_option = click.option(
    "--as", "as_email", metavar="EMAIL", help="Act as this person (default: the operator)."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON alone on stdout.")


class OneApp:
    """The one app of a command, made when it is first needed."""

    def __init__(self) -> None:
        self._app: Flask | None = None

    def get(self, config: Config | None = None) -> Flask:
        """Return the app; the first caller decides with which settings it is made."""
        self._app = self._app or create_app(config)
        return self._app


@contextmanager
def connected(config: Config | None = None) -> Iterator[Flask]:
    """Open the command's app in its context without checking the keys; every connection is closed at the end."""
    command = click.get_current_context(silent=True)
    one = command.find_root().ensure_object(OneApp) if command else OneApp()
    app = one.get(config)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def opened(as_email: str | None = None) -> Iterator[tuple[Flask, Actor]]:
    """Open the app and say who acts; every connection is closed at the end."""
    with connected() as app, app.test_request_context(), force_locale("en"):
        require_keys()
        yield app, get_actor_by_email(as_email) if as_email else get_operator()


def signature(actor: Actor) -> Signature:
    """Return the person who acts, and this moment."""
    return Signature(actor, clock.now())


def require_keys() -> None:
    """Stop with one line if the keys are not this database's; record a new one before it seals anything."""
    fault = find_fault()
    if fault is not None:
        raise KeyFault(fault)
    if not are_recorded():
        with transaction():
            keys_services.check_keys(at=clock.now())


def words(problem: RuleBroken, one: OneApp) -> str:
    """Put a broken rule into one English line."""
    with one.get().test_request_context(), force_locale("en"):
        return " ".join(refusal(problem.code, problem.values).split())


def describe(problem: RowError) -> dict[str, Any]:
    """Return a bad row as data: line, column, code, and the reason in words."""
    reason = " ".join(refusal(problem.code, problem.values).split())
    return {"line": problem.line, "column": problem.column, "code": problem.code, "reason": reason}


def print_json(value: Mapping[str, Any] | list[Any]) -> None:
    """Print a value as JSON on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str) + "\n")


def read_document(file: Path) -> dict[str, Any]:
    """Read a JSON object from a file."""
    try:
        document = json.loads(file.read_text("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as problem:
        raise click.ClickException(f"{file.name} is not JSON: {problem}") from problem
    if not isinstance(document, dict):
        raise click.ClickException(f"{file.name} holds no JSON object")
    return document


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show progress on stderr: a bar on a terminal, plain lines otherwise; the caller reports absolute counts."""
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

    def report(done: int) -> None:
        nonlocal last
        step = done if not total else done * 10 // total
        if step != last:
            last = step
            click.echo(f"{label}: {done}" + (f" of {total}" if total else ""), err=True)

    yield report
