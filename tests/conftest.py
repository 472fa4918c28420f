"""Fixtures: the portal on SQLite and on PostgreSQL, a clean database for each test."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).parent))

_runtime = Path(tempfile.gettempdir()) / f"portal-tests-{os.getuid()}"
_runtime.mkdir(exist_ok=True)
_runtime.chmod(0o700)
os.environ.setdefault("XDG_RUNTIME_DIR", str(_runtime))

from databases import BACKENDS, NOW, get_database  # noqa: E402 - the runtime folder has to be set first

from portal import clock  # noqa: E402
from portal.extensions import db  # noqa: E402


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Let one worker run a file, whose tests share processes; a random world is shared by its two databases.

    The groups of xdist 3.8 (--dist loadgroup) do nothing, silently, under pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            return nodeid.rsplit("-", 1)[-1] if "test_recomputation" in file else file

    return ByFile(config, log)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return {"made": {}, "factory": tmp_path_factory}


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, databases: dict):
    """A clean database of each kind in turn; `database.url` and `database.owner` are its addresses."""
    found = get_database(databases, request.param)
    found.reset()
    return found


@pytest.fixture
def app(database) -> Iterator[Flask]:
    """The portal on a clean database, at NOW, inside an application context."""
    app = database.app
    config = app.config["PORTAL"]
    from portal import storage, vault

    vault.configure(list(config.data_keys), config.index_key)
    storage.configure(config.media)
    clock.configure(NOW)
    from signing_in import Browser

    app.test_client_class = Browser
    with app.app_context():
        yield app
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask):
    """The database session of the test."""
    return db.session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts; CSRF is checked as in production (see `browser` helpers for tokens)."""
    return app.test_client()
