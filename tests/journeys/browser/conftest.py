"""A real Chromium over the real processes: one browser for all tests, one portal for each database and module.

Chromium's headless shell is the same browser without windows, profiles and extensions: half of the work.
Without a Chromium the tests are skipped with the reason, but fail where the environment variable CI is set.
PORTAL_SCREENSHOTS names a folder for the pictures.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from databases import BACKENDS, get_database
from live import LivePortal
from phone import Phone
from playwright.sync_api import Browser, sync_playwright
from stage import NOON, fail_on_faults, inside, open_stage
from wire import Wire, open_wire

BROWSERS = ("chromium-headless-shell", "chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Theatre:
    """The processes under test, the kind of database, the folder of the instance."""

    portal: LivePortal
    backend: str
    folder: Path

    def backstage(self) -> AbstractContextManager[None]:
        """Read or change the database from this process."""
        return inside(self.portal.database.app, self.folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def find_browser() -> str | None:
    """Find the browser's program."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of the whole run."""
    path = find_browser()
    if path is None:
        reason = f"no chromium found: apt-get install -y --no-install-recommends {BROWSERS[0]}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """The folder for screenshots; None: take none."""
    folder = os.environ.get("PORTAL_SCREENSHOTS")
    if not folder:
        return None
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder)


@pytest.fixture(scope="module", params=BACKENDS)
def theatre(
    request: pytest.FixtureRequest, databases: dict, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Theatre]:
    """The cast in a clean database, two web workers and two schedulers over it, at noon of 22 November 2026."""
    database = get_database(databases, request.param)
    database.reset()
    folder = tmp_path_factory.mktemp("live")
    with inside(database.app, folder):
        open_stage()
        getattr(request.module, "before_the_play", lambda: None)()
    with LivePortal(database, folder, clock=NOON) as portal:
        portal.start_schedulers(2)
        portal.start_web(workers=2)
        yield Theatre(portal, request.param, folder)
        fail_on_faults(portal)


@pytest.fixture
def wire(theatre: Theatre) -> Iterator[Wire]:
    """The wire between a phone and the portal."""
    with open_wire("127.0.0.1", theatre.portal.port) as laid:
        yield laid


@pytest.fixture
def phone(wire: Wire, tmp_path: Path, chromium: Browser) -> Iterator[Phone]:
    """A phone of its own, with the browser's profile on disk."""
    made = Phone(chromium.browser_type, {"executable_path": find_browser(), "args": FLAGS}, wire, tmp_path)
    yield made.start()
    made.context.close()
    assert made.problems == []


@pytest.fixture(scope="module")
def demo(databases: dict, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """The believable Palembang on SQLite, as `make run` shows it."""
    database = get_database(databases, "sqlite")
    database.reset()
    folder = tmp_path_factory.mktemp("demo")
    with LivePortal(database, folder, clock=NOON) as portal:
        portal.ok("demo", "load")
        portal.start_schedulers(1)
        portal.start_web(workers=2)
        yield Theatre(portal, "sqlite", folder)
        fail_on_faults(portal)
