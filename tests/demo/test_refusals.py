"""Where the demo refuses to load."""

from dataclasses import replace
from datetime import date

import pytest

from portal.cli.demo import load_demo
from portal.domain.errors import RuleBroken


def refused(**overrides) -> str:
    asked = {"cadres": 1, "months": 1, "seed": 1, "until": None} | overrides
    with pytest.raises(RuleBroken) as broken:
        load_demo(**asked)
    return broken.value.code


@pytest.mark.slow
def test_only_an_empty_database_takes_the_demo(app):
    load_demo(cadres=1, months=1, seed=1, until=date(2026, 11, 10))

    assert refused() == "demo.not_empty"


def test_a_day_that_has_not_come_is_refused(app):
    assert refused(until=date(2026, 11, 23)) == "demo.in_future"


def test_production_takes_no_demo(app, monkeypatch):
    monkeypatch.setitem(app.config, "PORTAL", replace(app.config["PORTAL"], env="production"))

    assert refused() == "demo.production"
