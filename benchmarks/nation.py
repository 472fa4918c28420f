"""A nation for PostgreSQL: 100,000 cadres and 5,000,000 participants, stored in minutes by statements over whole tables.

The demo's generator makes offices, branches, cadres and estimates; nation_rows.py holds the statements for the rest. The
keys between rows are not checked meanwhile, and the guards sleep, but the triggers that keep sums are awake: what the
pages read was kept as it is kept in production. Closed months have nothing frozen; their digests are made up, and so is
the audit trail.

    python -m benchmarks.nation                                      # makes the nation if need be, measures the pages
    python -m benchmarks.nation --cadres 600 --participants 30000    # a small one
    python -m benchmarks.nation --database postgresql+psycopg://…    # on a server of your own, as its superuser
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from benchmarks import nation_pages, nation_rows, report
from benchmarks.places import NOW, environment, place_of

BEGINS, LAST_CLOSED, PRESENT = "2025-10", "2026-10", "2026-11"
MADE = "a whole nation"  # the comment of a database that is finished
BUSY = 1 / 3  # of the loader: it makes people here, and no work
AT = datetime.fromisoformat(NOW)
# Tables of millions of rows: their indices are made after the rows.
LARGE = ("activities", "signups", "participants", "contributions", "ledger_entries", "renewal_tasks")
_INDEXES = (
    "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index AS i"
    " WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)"
)
_UNIQUE = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u'"
# Those that keep sums: after a statement, and no guards.
_KEEPERS = (
    "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
    " WHERE NOT tgisinternal AND tgtype & 3 = 0 AND tgname NOT LIKE 'guard%'"
)
# The triggers look these up for each row.
_NEEDED = ("ix_activities_cadre", "ix_signups_activity_ref", "ix_signups_participant_id")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.nation", description="Measure a nation's pages."
    )
    parser.add_argument("--cadres", type=int, default=100_000)
    parser.add_argument("--participants", type=int, default=5_000_000)
    parser.add_argument("--database", default=None, help="an empty database, or one that this made before")
    parser.add_argument("--requests", type=int, default=30, help="of each page, after five to warm up")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument(
        "--verify", action="store_true", help="hold the kept sums against a fresh count, and stop"
    )
    parser.add_argument("--out", type=Path, default=None, help="where the figures go, as JSON")
    return parser.parse_args()


def main() -> None:
    """Make the nation unless it is there, then measure its pages or verify its sums."""
    asked = arguments()
    url = asked.database or _own(f"nation-{asked.cadres}-{asked.participants}")
    os.environ.update(environment(url))
    if not _is_made(url):
        make(url, asked.cadres, asked.participants)
    if asked.verify:
        raise SystemExit(nation_pages.verify())
    found = nation_pages.measure(requests=asked.requests, only=asked.only)
    print(report.aligned(nation_pages.table(found)))
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1) + "\n")


def _own(name: str) -> str:
    """Return the address of a database among the other data of the benchmarks."""
    place = place_of("postgresql")
    if not place.has(name):
        place.create(name)
    return place.url(name)


def _address(url: str) -> str:
    return url.replace("+psycopg", "")


def _is_made(url: str) -> bool:
    with psycopg.connect(_address(url)) as connection:
        said = connection.execute("SELECT obj_description('public'::regnamespace)").fetchone()
    return said == (MADE,)


def make(url: str, cadres: int, participants: int) -> None:
    """Make the nation in an empty database."""
    with _told("people"):
        _store_people(cadres)
    with psycopg.connect(_address(url), autocommit=True) as connection:
        _store_work(connection, participants)
        with _told("standings"):
            _settle()
        connection.execute("VACUUM ANALYZE")
        connection.execute(f"COMMENT ON SCHEMA public IS '{MADE}'")


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say how long a step took."""
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:.0f} s", flush=True)


def _store_people(cadres: int) -> None:
    """Migrate, and store offices, branches, accounts, cadres and estimates as the demo makes them."""
    from portal.app import create_app
    from portal.cli.db import install_defaults, migrate
    from portal.config import read_config
    from portal.demo.calendar import Calendar
    from portal.demo.load import Loader
    from portal.domain.months import month_range

    calendar = Calendar(
        closed=tuple(month_range(BEGINS, LAST_CLOSED)),
        open=(PRESENT,),
        deliveries=(),
        end=AT,
        last_day=AT.date(),
    )
    config = read_config()
    migrate(config.database_url)
    with create_app(config).app_context():
        install_defaults()
        loader = Loader(cadres=cadres, seed=1, calendar=calendar, busy=BUSY, watch=lambda _: None)
        loader.store_people()


def _store_work(connection: psycopg.Connection, participants: int) -> None:
    """Store reports, sign-ups, participants and what follows from them."""
    from portal import vault

    later = list(_put_off(connection))
    keepers = connection.execute(_KEEPERS).fetchall()
    for table, name in keepers:
        connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    connection.execute("SET session_replication_role = replica; SET work_mem = '256MB'; SET jit = off")
    values = {
        "participants": participants,
        "reports": participants // 8,
        "sealed": vault.seal("1671071503900001"),
        "at": datetime(2026, 11, 1, 12, 10, tzinfo=UTC),
        "present": PRESENT,
    }
    cursor = psycopg.ClientCursor(connection)  # several statements at once
    for name, statement in nation_rows.STATEMENTS.items():
        with _told(name):
            cursor.execute(statement, values)
    for statement in later:
        with _told(statement[:90]):
            connection.execute(statement)
    for table, name in keepers:
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")
    for table in nation_rows.NUMBERED:
        sequence = f"pg_get_serial_sequence('{table}', 'id')"
        connection.execute(f"SELECT setval({sequence}, (SELECT coalesce(max(id), 1) FROM {table}))")
    connection.execute("RESET session_replication_role; RESET work_mem; RESET jit; ANALYZE")


def _put_off(connection: psycopg.Connection) -> Iterator[str]:
    """Drop the indices of large tables; yield what makes them again."""
    for table in LARGE:
        for name, definition in connection.execute(_INDEXES, (table,)).fetchall():
            if name not in _NEEDED:
                connection.execute(f"DROP INDEX {name}")
                yield definition
        for name, definition in connection.execute(_UNIQUE, (table,)).fetchall():
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            yield f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"


def _settle() -> None:
    """Compute the standings from the ledger, and fold the sums as the scheduler does."""
    from portal.app import create_app
    from portal.coverage.services.folding import fold_villages
    from portal.database.transaction import transaction
    from portal.points.services.rebuilding import rebuild_standings
    from portal.tallies.services import fold_cadre_sums, fold_tallies

    with create_app().app_context():
        with transaction():
            rebuild_standings()
        with transaction():
            fold_tallies()
            fold_cadre_sums()
            fold_villages()


if __name__ == "__main__":
    main()
