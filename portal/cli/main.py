"""The command `portal`: its nouns, and the line that is printed when a command fails."""

import errno
import importlib
import os
import sys
from typing import Final, NoReturn

import click
from sqlalchemy.exc import DatabaseError

from portal.cli.session import OneApp, words
from portal.config import ConfigError
from portal.domain.errors import RuleBroken, VaultError

# Each noun and its file, which is loaded when the noun is typed.
NOUNS: Final = {
    "backup": "portal.cli.backup",
    "check": "portal.cli.check",
    "contributions": "portal.cli.contributions",
    "course": "portal.cli.course",
    "db": "portal.cli.db",
    "demo": "portal.cli.demo",
    "export": "portal.cli.export",
    "import": "portal.cli.import_",
    "keys": "portal.cli.keys",
    "month": "portal.cli.month",
    "plan": "portal.cli.plan",
    "restore": "portal.cli.restore",
    "scheduler": "portal.cli.scheduler",
    "serve": "portal.cli.serve",
    "user": "portal.cli.user",
    "verify": "portal.cli.verify",
}


class Nouns(click.Group):
    """The group of commands, one file for each."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the nouns."""
        del ctx
        return sorted(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the file of a noun."""
        del ctx
        return importlib.import_module(NOUNS[cmd_name]).command if cmd_name in NOUNS else None


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
def portal() -> None:
    """Run and look after Portal Kader."""


def main() -> None:
    """Run the command line; a failure is one clear line and exit status 1.

    The files that it and its children write are readable by their own account only: database, photos, backups,
    exports.
    """
    os.umask(0o077)
    one = OneApp()
    try:
        portal(standalone_mode=False, obj=one)
    except click.ClickException as problem:
        problem.show()
        sys.exit(2 if isinstance(problem, click.UsageError) else 1)
    except click.exceptions.Abort:
        sys.exit(1)
    except (ConfigError, VaultError, RuleBroken, OSError, DatabaseError) as problem:
        _fail(_line_of(problem, one))


def _fail(line: str) -> NoReturn:
    click.echo(f"portal: {line}", err=True)
    sys.exit(1)


def _line_of(problem: Exception, one: OneApp) -> str:
    """Say in one line why a command failed."""
    if isinstance(problem, RuleBroken):
        return words(problem, one)
    if isinstance(problem, OSError):
        return _file_line(problem)
    if isinstance(problem, DatabaseError):
        return _database_line(problem)
    return str(problem)  # of a setting or a key: its text is the line


def _file_line(problem: OSError) -> str:
    """Say what is wrong with a file or its disk."""
    place = f": {problem.filename}" if problem.filename else ""
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"the disk is full{place}. Nothing was kept; make room and run it again"
    return f"{problem.strerror or problem}{place}"


def _database_line(problem: DatabaseError) -> str:
    """Say what is wrong with the database: full, away, or never migrated."""
    said = str(problem.orig).strip().partition("\n")[0].rstrip(".")
    code = getattr(problem.orig, "sqlstate", None) or getattr(problem.orig, "sqlite_errorname", None) or ""
    if code in {"53100", "SQLITE_FULL"}:
        return f"the disk of the database is full: {said}. Nothing was kept; make room and run it again"
    if code in {"42P01", "42703", "SQLITE_ERROR"}:
        return f"the database says: {said}. Is it migrated? Run: portal db upgrade"
    return f"the database says: {said}"
