"""A close that was made ready notices whatever would change it: after every commit of a rich world's acts (SQLite)."""

import random

import pytest
from command_line import CommandLine
from playing import play
from recompute import Recomputation
from rich_worlds import make_rich_world
from unseen import Watcher

MONTHS = 4


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_act_changes_the_coming_close_unnoticed(app, database, tmp_path):
    portal, plain, watcher = CommandLine(database, tmp_path / "files"), Recomputation(), Watcher(app)

    with watcher.watching():
        closes = play(make_rich_world(11).events, 11, plain, portal, random.Random(11))
        for _ in range(MONTHS):
            next(closes)

    assert watcher.unseen == []
    assert {"extract.applied", "signup.withdrawn", "signup.validated"} <= watcher.moved.keys(), watcher.moved
