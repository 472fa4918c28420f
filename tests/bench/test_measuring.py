"""The benchmarks run: a small portal is made, its pages are measured, and the table can be drawn."""

import pytest

from benchmarks import children, data, places, report

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_BENCH_FOLDER", str(tmp_path))
    places.folder.cache_clear()
    yield places.SqlitePlace()
    places.folder.cache_clear()


def test_a_small_portal_is_made_once_and_measured(place):
    name = data.ensure(place, 40, "closed")
    assert data.ensure(place, 40, "closed") == name
    assert {file.name for file in place.home.glob("*.db")} == {"fresh-40.db", "applied-40.db", "closed-40.db"}
    with places.working_copy(place, name) as url:
        found = children.run("pages", url, 0)

    assert set(found["pages"]["clock_us"]) == set(found["pages"]["cpu_us"])
    assert {"hello", "one row", "own rank", "review", "nation home"} <= set(found["pages"]["clock_us"])
    assert found["reads"]["ranks that differ"] == 0
    assert found["reads"]["ranks compared"] > 10
    shown = [cells[0] for cells in report.table({"sqlite": {"40": found}}, busy=False)]
    assert "own rank against one row" in shown


def test_an_act_that_is_refused_ends_the_run_with_its_words(place):
    name = data.ensure(place, 40, "fresh")
    with places.working_copy(place, name) as url, pytest.raises(SystemExit, match="earlier_open"):
        children.run("commands", url, "month", "close", "2026-11", "--early")
