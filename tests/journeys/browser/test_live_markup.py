"""Live markup in every text that somebody typed: a real browser of each role runs none of it, on any page."""

from urllib.parse import quote

import pytest
from architecture import test_stored_markup
from architecture.subjects import make_world
from architecture.test_access import PEOPLE
from databases import get_database
from flask import url_for
from live import LivePortal
from playwright.sync_api import Error
from signing_in import sign_in
from stage import NOON, inside
from visitors import Visitor

from portal.web.access import rule_of

# Each of these shows itself in a browser that takes it for markup: by an alert, or by a violated policy.
MARKUP = "\"'><img src=x onerror=alert(7)><svg onload=alert(8)>"


def pages_of(app, world, role: str) -> list[str]:
    found = []
    for rule in app.url_map.iter_rules():
        carried = rule_of(app.view_functions[rule.endpoint])
        if "GET" in (rule.methods or ()) and carried and role in carried.roles:
            with app.test_request_context():
                own = world.case(rule.endpoint, set(rule.arguments)).own
                found.append(url_for(rule.endpoint, **own))
    return found


@pytest.fixture(scope="module")
def play(databases: dict, tmp_path_factory: pytest.TempPathFactory):
    """A world full of live markup on SQLite, with a session and the pages of each role."""
    database = get_database(databases, "sqlite")
    database.reset()
    folder = tmp_path_factory.mktemp("markup")
    app, sessions = database.app, {}
    with inside(app, folder), pytest.MonkeyPatch.context() as patch:
        patch.setattr(test_stored_markup, "BREAKOUT", MARKUP)
        world = make_world()
        test_stored_markup.store_markup(world)
        for role, name in PEOPLE.items():
            client = sign_in(app.test_client(), getattr(world.cast, name))
            sessions[role] = (client.get_cookie("portal").value, pages_of(app, world, role))
    with LivePortal(database, folder, clock=NOON) as portal:
        portal.start_web(workers=1)
        yield portal, sessions


@pytest.mark.parametrize("role", PEOPLE)
def test_no_page_of_a_role_runs_what_somebody_typed(play, chromium, role):
    portal, sessions = play
    cookie, pages = sessions[role]
    with Visitor(chromium, portal.url) as visitor:
        visitor.context.add_cookies(
            [{"name": "portal", "value": quote(cookie, safe="-_.~"), "url": portal.url}]
        )
        alerts: list[str] = []
        visitor.page.on("dialog", lambda dialog: alerts.append(f"{visitor.page.url}: {dialog.message}"))
        shown = 0
        for path in pages:
            try:
                answer = visitor.page.goto(path)
            except Error as fault:
                if "Download is starting" not in fault.message:
                    raise
                continue
            if "text/html" not in answer.headers.get("content-type", ""):
                continue
            live = visitor.page.evaluate(
                "[...document.querySelectorAll('[onerror], [onload], img[src=x]')].map(one => one.outerHTML)"
            )
            assert live == [], path
            shown += "onerror=alert" in visitor.page.content()
        visitor.problems = [one for one in visitor.problems if not one[:3].isdigit()]
        assert alerts == []
        assert shown > 3
