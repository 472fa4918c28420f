"""The benchmarks' own arithmetic: bars, exponents, and what is worse than before."""

from benchmarks import growth, reasons, report, tables


def pages(own: float, one_row: float = 400.0) -> dict:
    times = {"hello": 50.0, "one row": one_row, "own rank": own, "home": 3 * own}
    return {"pages": {"clock_us": times, "cpu_us": {name: time / 2 for name, time in times.items()}}}


def row(results, bar, kind):
    found = report.table(results, busy=False)
    return next((cells for cells in found if cells[:2] == [bar, kind]), None)


def test_a_bar_is_met_or_missed_on_each_database_by_its_own_figure():
    results = {"sqlite": {"600": pages(2000.0)}, "postgresql": {"600": pages(2000.0)}}

    bar = "own rank against one row"
    assert row(results, bar, "sqlite")[2:6] == ["≥ 0.17", "0.2", "", "met"]
    assert row(results, bar, "postgresql")[2:6] == ["≥ 0.25", "0.2", "", "MISSED"]


def test_a_missed_bar_says_why_and_a_met_one_says_nothing(monkeypatch):
    bar = "own rank against one row"
    monkeypatch.setitem(reasons.REASONS, (bar, "postgresql"), "nine round trips")
    results = {"sqlite": {"600": pages(2000.0)}, "postgresql": {"600": pages(2000.0)}}

    assert row(results, bar, "sqlite")[6] == ""
    assert row(results, bar, "postgresql")[6] == "nine round trips"
    monkeypatch.delitem(reasons.REASONS, (bar, "postgresql"))
    assert row(results, bar, "postgresql")[6] == reasons.UNKNOWN


def test_reasons_are_given_for_bars_that_exist():
    named = {key if isinstance(key, str) else key[0] for key in reasons.REASONS}

    assert named <= {bar.what for bar in report.BARS}


def test_on_a_busy_machine_the_processor_decides():
    busy = pages(2000.0)
    busy["pages"]["cpu_us"]["own rank"] = 2000.0
    results = {"sqlite": {"600": busy}}

    quiet = row(results, "own rank against one row", "sqlite")
    found = report.table(results, busy=True)
    assert quiet[3:6] == ["0.2", "0.1", "met"]
    assert found[1][3:6] == ["0.2", "0.1", "MISSED"]


def test_what_was_not_measured_is_left_out():
    results = {"sqlite": {"600": pages(2000.0)}}

    assert row(results, "import against its floor", "sqlite") is None
    assert row(results, "a cadre's pages, largest against smallest size", "sqlite") is None
    assert row(results, "own rank on PostgreSQL against SQLite", "postgresql") is None


def test_growth_is_an_exponent_of_the_number_of_cadres():
    results = {"sqlite": {"1000": pages(100.0), "100000": pages(1000.0)}}
    results["sqlite"]["1000"]["close"], results["sqlite"]["100000"]["close"] = {"cpu": 1.0}, {"cpu": 100.0}

    found = dict(growth.exponents(results)[1:])
    assert found == {"hello": "0.00", "one row": "0.00", "own rank": "0.50", "home": "0.50", "close": "1.00"}


def test_a_page_or_an_act_that_grows_faster_than_its_own_work_is_missed():
    few, many = pages(100.0), pages(1000.0)
    for found, seconds in ((few, 1.0), (many, 200.0)):
        for times in found["pages"].values():
            times.update(dict.fromkeys(report.OWN, times["own rank"]))
        found["close"] = {"seconds": seconds, "cpu": seconds}
        found["verify"] = {"seconds": seconds / 4, "cpu": seconds / 4}
    many["verify"] = {"seconds": 20.0, "cpu": 20.0}
    results = {"sqlite": {"1000": few, "100000": many}}

    assert row(results, "exponent of a cadre's pages", "sqlite")[2:6] == ["≤ 0.1", "0.5", "", "MISSED"]
    assert row(results, "exponent of close", "sqlite")[2:6] == ["≤ 1.1", "1.15", "", "MISSED"]
    assert row(results, "exponent of verify", "sqlite")[2:6] == ["≤ 1.1", "0.952", "", "met"]
    assert row({"sqlite": {"1000": few}}, "exponent of close", "sqlite") is None


def test_of_lighthouse_the_worst_page_counts():
    scores = {"performance": 100, "accessibility": 100, "best-practices": 100, "seo": 100}
    looked = {"login": scores, "rank": scores | {"performance": 97}}
    results = {"sqlite": {"600": pages(1.0) | {"lighthouse": looked}}, "postgresql": {"600": pages(1.0)}}

    assert row(results, "Lighthouse, performance", "sqlite")[2:6] == ["≥ 98", "97", "", "MISSED"]
    assert row(results, "Lighthouse, seo", "sqlite")[5] == "met"
    assert row(results, "Lighthouse, seo", "postgresql") is None


def test_a_peer_is_compared_only_if_it_was_asked():
    served = {"own rank": {"32": {"per_second": 700.0}}, "peer": {"32": {"per_second": 100.0}}}
    results = {"sqlite": {"600": pages(1.0) | {"serve": {"alone": served}}}}

    assert row(results, "own rank against a peer's page", "sqlite")[2:6] == ["≥ 6.3", "7", "", "met"]
    del served["peer"]
    assert row(results, "own rank against a peer's page", "sqlite") is None


def test_what_became_over_a_fifth_worse_is_named():
    before, now = {"sqlite": {"600": pages(1000.0)}}, {"sqlite": {"600": pages(1250.0)}}

    (named,) = report.regressions(now, before)
    assert named.startswith("own rank against one row, sqlite: 0.4 before, 0.32 now")
    assert report.regressions(before, now) == []


def test_another_size_than_before_is_not_compared():
    before, now = {"sqlite": {"600": pages(1000.0)}}, {"sqlite": {"20000": pages(9000.0)}}

    assert report.regressions(now, before) == []


def test_tables_have_a_column_for_each_database_and_size():
    results = {"sqlite": {"600": pages(2000.0)}, "postgresql": {"600": {}}}

    shown = report.aligned(tables.all_tables(results)[0]).splitlines()
    assert shown[0].split()[-4:] == ["sqlite", "600", "postgresql", "600"]
    assert shown[3].split() == ["own", "rank", "2000", "(1000)"]
