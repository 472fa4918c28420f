"""A believable world with four closed months, on each database, that tests tamper with and restore."""

from collections.abc import Iterator
from typing import Any

import pytest
from databases import BACKENDS, get_database, make_config
from flask import Flask
from known_worlds import restore_demo
from verification.opened import World

from portal import storage, vault
from portal.app import create_app
from portal.database.extensions import db


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
    restore_demo(database)
    address = database.keep("tampered")
    return create_app(make_config(address, address, database.app.config["PORTAL"].media.parent))
