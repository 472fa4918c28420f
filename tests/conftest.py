"""Fixtures: the portal on SQLite and on PostgreSQL, a clean database for each test."""

import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

# Bytecode is written whatever the environment says: many tests start processes that import the whole portal.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

_runtime = Path(tempfile.gettempdir()) / f"portal-tests-{os.getuid()}"
_runtime.mkdir(exist_ok=True)
_runtime.chmod(0o700)
os.environ.setdefault("XDG_RUNTIME_DIR", str(_runtime))

from argon2 import PasswordHasher  # noqa: E402
from databases import BACKENDS, NOW, get_database  # noqa: E402 - the runtime folder has to be set first

from portal import clock  # noqa: E402
from portal.accounts.services import passwords  # noqa: E402
from portal.database.extensions import db  # noqa: E402

STRONG = passwords._hasher

# What is imported stays; looking it through for garbage every 700 objects would be a tenth of all work.
gc.freeze()
gc.set_threshold(30_000, 20, 20)
# All tests together ask for more statements than an app keeps compiled: to compile them again was a tenth of all work.
db._engine_options["query_cache_size"] = 10_000

OF_THE_DEMO = (
    "test_counts.py",
    "test_late_marks.py",
    "test_redigest.py",
    "test_tampering.py",
    "verification/test_months.py",
)
# The folders with the longest tests run first, so that no worker is left alone with them at the end.
LONG = ("journeys", "attacks", "verification", "demo", "cli")


def _place(item: pytest.Item) -> int:
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return LONG.index(folder) if folder in LONG else len(LONG)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="SQLite alone, no browser, nothing marked as slow")


def _is_fast(item: pytest.Item) -> bool:
    if item.get_closest_marker("slow") or item.get_closest_marker("browser"):
        return False
    asked = getattr(item, "callspec", None)
    return asked is None or "postgresql" not in asked.params.values()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=_place)
    if config.option.fast:
        config.hook.pytest_deselected(items=[item for item in items if not _is_fast(item)])
        items[:] = [item for item in items if _is_fast(item)]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Run each file in one worker, since its tests share processes; both databases of a random world share one too.

    Tests that begin with the demo are split by database, so that each worker loads it once.
    The groups of xdist 3.8 (--dist loadgroup) silently do nothing under pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file, _, name = nodeid.partition("::")
            if "test_recomputation" in file:
                return nodeid.rsplit("-", 1)[-1]
            if file.endswith(OF_THE_DEMO):
                return f"demo {'[postgresql' in name}"
            return file

    config.option.loadscopereorder = False  # it puts the files with the fewest tests last
    return ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """Hash passwords with little work: a tenth of the time of the tests is saved. Servers that they start keep theirs."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    passwords._hasher = STRONG


@pytest.fixture
def strong_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash passwords as in production, the one of nobody's account as well."""
    monkeypatch.setattr(passwords, "_hasher", STRONG)
    passwords._dummy.cache_clear()
    yield
    passwords._dummy.cache_clear()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    made: dict[str, Any] = {}
    yield {"made": made, "factory": tmp_path_factory}
    for database in made.values():
        database.close()


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
        database.rest()
    left, app.config["PORTAL"] = app.config["PORTAL"], config
    assert left is config, "this test left its own settings to the next one: use monkeypatch.setitem"


@pytest.fixture
def session(app: Flask):
    """The database session of the test."""
    return db.session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts; CSRF is checked as in production (see `browser` helpers for tokens)."""
    return app.test_client()
