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

MONTH, DAY = "2026-10", date(2026, 10, 12)
pytestmark = [pytest.mark.slow]


def sent(world, signup) -> list[tuple[str, str, dict]]:
    """List what moves the close by way of pages: who sends which form to which address."""
    branch, cadre = world.cast.palembang, world.cast.marlina
    place = {
        "name": "Palembang",
        "regional_office": "Sulama",
        "time_zone": "Asia/Makassar",
        "region_code": "1671",
    }
    moved = {"branch_id": str(branch.id), "host_body_id": "0", "npwp_valid": "y", "reason": "NPWP diperiksa"}
    decided = {"kind": "wrong_match", "reason": "orang lain", "version": str(signup.version)}
    return [
        ("ratna", f"/branches/{branch.id}/edit", place),
        ("ratna", f"/cadres/{cadre.id}/move", {"from_month": MONTH, **moved}),
        ("ratna", "/plans/kader-penggerak/assign", {"from_month": MONTH, "branch": str(branch.id)}),
        ("vera", f"/extracts/signups/{signup.id}/withdraw", decided),
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_route_changes_the_coming_close_unnoticed(app):
    world, watcher = make_world(), Watcher(app)
    assign(world.cast.palembang, "perisai-2022")
    rows = [row for cadre in (world.cast.marlina, world.cast.yosef) for row in sign_up(cadre, 3, on=DAY)]
    for cadre in (world.cast.marlina, world.cast.yosef):
        pay(cadre, 36_800, paid_on=DAY)
    client = app.test_client()

    with watcher.watching():
        for who, address, form in sent(world, rows[0]):
            answer = post(sign_in(client, getattr(world.cast, who)), address, form)
            assert answer.status_code == 302, (address, answer.status_code)
        assert {"branch.edited", "cadre.moved", "plan.assigned", "signup.withdrawn"} <= watcher.moved.keys()
        for route in fitting_routes(app):
            if route.method == "GET" or route.role not in PEOPLE:
                continue
            case = world.case(route.endpoint, set(route.variables))
            with app.test_request_context():
                address = url_for(route.endpoint, **case.own)
            post(sign_in(client, getattr(world.cast, PEOPLE[route.role])), address, dict(case.form))

    assert watcher.unseen == []
