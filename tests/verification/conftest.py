"""A believable world with four closed months, on each database, that tests tamper with and restore."""

import shutil
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from databases import BACKENDS, get_database, make_config
from flask import Flask
from sqlalchemy import text

from portal import storage, vault
from portal.app import create_app
from portal.database.extensions import db
from portal.demo.load import load_everything

UNTIL = date(2026, 11, 22)


class World:
    """The demo, opened as the owner of the database; what a test plants is rolled back."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def open_for_changes(self) -> None:
        """Disable the guards, as an owner could; on SQLite they are dropped."""
        connection = db.session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            return
        names = (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        )
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for name in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


def _copy(database: Any) -> str:
    """Copy the loaded database under another name and return the owner's address of the copy."""
    if database.url.startswith("sqlite"):
        copy = database.file.with_name("tampered.db")
        with database.app.app_context():
            db.engine.dispose()
        database._forget()
        shutil.copy(database.file, copy)
        return f"sqlite:///{copy}"
    with database.app.app_context():
        db.engine.dispose()
    name = f"{database.name}_tampered"
    database._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    database._run(f"CREATE DATABASE {name} TEMPLATE {database.name} STRATEGY FILE_COPY")
    return database._url(name)


@pytest.fixture(scope="session")
def worlds(databases: dict, tmp_path_factory: pytest.TempPathFactory) -> dict[str, World]:
    """The worlds made so far, by database."""
    del databases, tmp_path_factory
    return {}


@pytest.fixture(params=BACKENDS)
def world(request: pytest.FixtureRequest, databases: dict, worlds: dict[str, World]) -> Iterator[World]:
    """The demo of thirty cadres and four closed months; changes are rolled back."""
    if request.param not in worlds:
        worlds[request.param] = World(_load(get_database(databases, request.param)))
    found = worlds[request.param]
    config = found.app.config["PORTAL"]
    vault.configure(list(config.data_keys), config.index_key)
    storage.configure(config.media)
    with found.app.app_context():
        try:
            yield found
        finally:
            db.session.rollback()
            db.session.remove()
            db.engine.dispose()


def _load(database: Any) -> Flask:
    database.reset()
    config = database.app.config["PORTAL"]
    vault.configure(list(config.data_keys), config.index_key)
    storage.configure(config.media)
    with database.app.app_context():
        load_everything(cadres=30, months=4, seed=1, until=UNTIL, watch=lambda done: None)
        db.session.remove()
    address = _copy(database)
    return create_app(make_config(address, address, config.media.parent))
