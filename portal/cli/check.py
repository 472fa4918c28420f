"""portal check: what is missing, default or dangerous here, and whether production would start."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.accounts.queries.users import count_demo_accounts
from portal.cli.session import connected, json_option, print_json
from portal.config import Config, ConfigError, read_config
from portal.database.extensions import db
from portal.faults import DANGEROUS, Fault, list_faults
from portal.home.queries.health import check_database
from portal.keys.queries import find_fault

# A login may drop a trigger if it owns a table, is in the owner's role, or can put itself there.
_ROLE = """
SELECT current_user AS name, r.rolsuper AS super, r.rolcreaterole AS creates,
  EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = 'public' AND c.relkind = 'r' AND pg_has_role(current_user, c.relowner, 'MEMBER')) AS owns
FROM pg_roles r WHERE r.rolname = current_user
"""


def list_start_faults(config: Config) -> list[Fault]:
    """List what stops a production start besides the settings: keys, database role, demo accounts, open files."""
    with connected(config):
        try:
            state = check_database()
            if state != "ok":
                return [
                    Fault("PORTAL_DATABASE_URL", DANGEROUS, f"names a database that is {state}"),
                    *_files(config),
                ]
            return [*_keys(), *_role(config), *_demo_accounts(), *_files(config)]
        except SQLAlchemyError as problem:
            said = str(getattr(problem, "orig", problem)).strip().partition("\n")[0]
            return [Fault("PORTAL_DATABASE_URL", DANGEROUS, f"names a database that says: {said}")]


def refuse_unsound(config: Config) -> None:
    """Raise ConfigError for the first thing that stops a production start; other environments are not checked."""
    if config.production:
        for fault in list_start_faults(config):
            if fault.stops:
                raise ConfigError(str(fault))


def _keys() -> Iterator[Fault]:
    said = find_fault()
    if said is not None:
        setting, _, text = said.partition(" ")
        yield Fault(setting, DANGEROUS, text)


def _role(config: Config) -> Iterator[Fault]:
    """Find a login that may drop the triggers which guard frozen data."""
    if config.sqlite:
        return
    role = db.session.execute(text(_ROLE)).one()
    why = "is a superuser" if role.super else "owns tables" if role.owns else "may make roles"
    if role.super or role.owns or role.creates:
        words = f"signs in as {role.name}, who {why} and so may drop the guards; give a login IN ROLE portal_app alone"
        yield Fault("PORTAL_DATABASE_URL", DANGEROUS, words)


def _demo_accounts() -> Iterator[Fault]:
    count = count_demo_accounts()
    if count:
        words = f"{count} demo accounts can sign in with the printed password; disable them or start empty"
        yield Fault("demo accounts:", DANGEROUS, words)


def _files(config: Config) -> Iterator[Fault]:
    """Find what other accounts of this machine can read."""
    places = [("PORTAL_MEDIA", config.media)]
    if config.sqlite:
        file = config.database_url.split("///", 1)[1]
        places += [
            ("PORTAL_DATABASE_URL", Path(file + suffix)) for suffix in ("", "-wal", "-shm", "-journal")
        ]
    places += [("secret file:", config.instance / name) for name in ("secret.key", "data.keys", "index.keys")]
    for setting, path in places:
        if is_open_to_others(path):
            yield Fault(
                setting,
                DANGEROUS,
                f"{path} can be read by every account of this machine; run: chmod -R o= {path}",
            )


def is_open_to_others(path: Path) -> bool:
    """Tell whether accounts that neither own a file nor are in its group can read it, given the folders above."""
    path = path.absolute()
    if not path.exists():
        return False
    wanted = stat.S_IROTH | stat.S_IXOTH if path.is_dir() else stat.S_IROTH
    return bool(path.stat().st_mode & wanted) and all(
        folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents
    )


@click.command()
@json_option
def command(*, as_json: bool) -> None:
    """List every setting that is missing, default or dangerous; exit 1 if production would not start."""
    faults = list_faults(os.environ)
    try:
        config = read_config()
    except ConfigError as problem:
        setting, _, text = str(problem).partition(" ")
        faults += (
            [] if any(str(fault) == str(problem) for fault in faults) else [Fault(setting, DANGEROUS, text)]
        )
    else:
        faults += list_start_faults(config)
    stops = [fault for fault in faults if fault.stops]
    if as_json:
        rows = [
            {"setting": one.setting.rstrip(":"), "kind": one.kind, "text": one.text, "stops": one.stops}
            for one in faults
        ]
        print_json({"ok": not stops, "faults": rows})
    else:
        for one in faults:
            click.echo(f"{one.kind}: {one}")
        click.echo("Production would not start." if stops else "Production would start.", err=True)
    if stops:
        sys.exit(1)
