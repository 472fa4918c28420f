"""A small nation is made on PostgreSQL: what its pages read was kept by the triggers, and each page answers."""

import json
import subprocess
import sys
import tempfile

import pytest

from benchmarks.nation_pages import KEPT
from benchmarks.places import PROJECT

pytestmark = pytest.mark.slow
SMALL = ("--cadres", "60", "--participants", "1500")


@pytest.fixture
def nation(monkeypatch):
    """Run the benchmark of a nation with further words; return what it printed.

    Its folder has a short name: PostgreSQL's socket lies in it, and a long path is refused.
    """
    folder = tempfile.TemporaryDirectory(prefix="nation-")
    monkeypatch.setenv("PORTAL_BENCH_FOLDER", folder.name)

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "benchmarks.nation", *SMALL, *words]
        done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    yield run
    folder.cleanup()


def test_a_small_nation_is_made_once_verified_and_measured(nation, tmp_path):
    figures = tmp_path / "figures.json"

    made = nation("--verify")
    measured = nation("--requests", "2", "--out", str(figures))

    assert "people: " in made
    assert "people: " not in measured
    assert [line.split(",")[0] for line in made.splitlines() if "findings" in line] == [
        f"{check}: 0 findings" for check in KEPT
    ]
    found = json.loads(figures.read_text())
    assert {"nation: home", "office: month report", "supervisor: care list", "cadre: home"} <= set(found)
    assert all(one["statements"] > 0 for one in found.values())
