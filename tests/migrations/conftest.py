"""A migrated database that goes down and up, with the keys of the tests in the environment, where a migration reads them."""

from collections.abc import Iterator

import pytest
from command_line import CommandLine
from migrating import Migrated


@pytest.fixture
def migrated(app, database, tmp_path, monkeypatch) -> Iterator[Migrated]:
    for name, value in CommandLine(database, tmp_path / "files").env.items():
        monkeypatch.setenv(name, value)
    found = Migrated(database)
    yield found
    found.engine.dispose()
