"""A close that was made ready notices whatever would change it: each writing route, as its form asks for it (SQLite)."""

from datetime import date

import pytest
from architecture.subjects import make_world
from architecture.test_access import PEOPLE
from architecture.test_hostile import fitting_routes
from earning import assign, pay, sign_up
from flask import url_for
from signing_in import post, sign_in
from unseen import Watcher

pytestmark = [pytest.mark.slow]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_route_changes_the_coming_close_unnoticed(app):
    world, watcher = make_world(), Watcher(app)
    assign(world.cast.palembang, "perisai-2022")
    for cadre in (world.cast.marlina, world.cast.yosef):
        sign_up(cadre, 3, on=date(2026, 10, 12))
        pay(cadre, 36_800, paid_on=date(2026, 10, 12))

    with watcher.watching():
        for route in fitting_routes(app):
            if route.method == "GET" or route.role not in PEOPLE:
                continue
            client = sign_in(app.test_client(), getattr(world.cast, PEOPLE[route.role]))
            case = world.case(route.endpoint, set(route.variables))
            with app.test_request_context():
                address = url_for(route.endpoint, **case.own)
            post(client, address, dict(case.form), method=route.method)

    assert watcher.unseen == []
    assert watcher.moved, "nothing moved the close, so nothing was shown"
