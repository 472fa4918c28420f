"""The command line: one file per noun."""

import errno
import importlib
import os
import pkgutil
import sys
from typing import NoReturn

import click
from sqlalchemy.exc import DatabaseError

from portal.config import ConfigError
from portal.domain.errors import RuleBroken, VaultError


class Nouns(click.Group):
    """The group of commands: each file of this folder with a `command` is one noun, loaded when needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the nouns."""
        del ctx
        return sorted(_files())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the file of a noun."""
        del ctx
        name = _files().get(cmd_name)
        return None if name is None else importlib.import_module(f"portal.cli.{name}").command


def _files() -> dict[str, str]:
    """Map the word typed to the file's name; `import_.py` serves `import`."""
    hidden = {"archive", "extract", "headings", "running", "session"}
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return {name.rstrip("_"): name for name in found if name not in hidden}


@click.group(cls=Nouns, context_settings={"help_option_names": ["-h", "--help"]})
def portal() -> None:
    """Run and look after Portal Kader."""


def main() -> None:
    """Run the command line; a failure is one clear line and exit status 1.

    What it and its children write is readable by their own account only: database, photos, backups, exports.
    """
    os.umask(0o077)
    try:
        portal(standalone_mode=False)
    except click.ClickException as problem:
        problem.show()
        sys.exit(2 if isinstance(problem, click.UsageError) else 1)
    except click.exceptions.Abort:
        sys.exit(1)
    except (ConfigError, VaultError) as problem:
        click.echo(f"portal: {problem}", err=True)
        sys.exit(1)
    except RuleBroken as problem:
        from portal.cli.session import words

        click.echo(f"portal: {words(problem)}", err=True)
        sys.exit(1)
    except OSError as problem:
        _fail(_file_line(problem))
    except DatabaseError as problem:
        _fail(_database_line(problem))


def _fail(line: str) -> NoReturn:
    click.echo(f"portal: {line}", err=True)
    sys.exit(1)


def _file_line(problem: OSError) -> str:
    """Say what is wrong with a file or its disk."""
    place = f": {problem.filename}" if problem.filename else ""
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"the disk is full{place}. Nothing was kept; make room and run it again"
    return f"{problem.strerror or problem}{place}"


def _database_line(problem: DatabaseError) -> str:
    """Say what the database says: whether it is full, away, or never migrated."""
    said = str(problem.orig).strip().partition("\n")[0].rstrip(".")
    code = getattr(problem.orig, "sqlstate", None) or getattr(problem.orig, "sqlite_errorname", None) or ""
    if code in {"53100", "SQLITE_FULL"}:
        return f"the disk of the database is full: {said}. Nothing was kept; make room and run it again"
    if code in {"42P01", "42703", "SQLITE_ERROR"}:
        return f"the database says: {said}. Is it migrated? Run: portal db upgrade"
    return f"the database says: {said}"
