"""Every route, requested by everybody: each view carries a rule, and the rule decides."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from architecture.routes import Route, ask, checksum, routes
from architecture.subjects import Case, World, make_world
from flask import Flask
from flask.testing import FlaskClient
from signing_in import sign_in
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.accounts.models import UserSession
from portal.database.extensions import db
from portal.domain.actors import ROLES

PEOPLE = {
    "cadre": "marlina",
    "supervisor": "fahmi",
    "validator": "vera",
    "finance": "farah",
    "admin": "ratna",
    "auditor": "agus",
}
MAX_PUBLIC = 14
# What differs on each page by design.
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')
_MOMENT = re.compile(r"&#34;now&#34;: &#34;[^&]+")


def ask_quietly(client: FlaskClient, route: Route, values: Any, *, form: Any = None) -> TestResponse:
    """Request a route without the messages that another page left."""
    with client.session_transaction() as cookie:
        cookie.pop("_flashes", None)
    return ask(client, route, values, form=form)


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


@pytest.fixture
def case_of(world: World) -> Any:
    def find(route: Route) -> Case:
        return world.case(route.endpoint, set(route.variables))

    return find


def browsers(app: Flask, world: World) -> Iterator[tuple[str, FlaskClient]]:
    """Yield a browser for nobody and for a person of each role."""
    yield "anonymous", app.test_client()
    for role, name in PEOPLE.items():
        yield role, sign_in(app.test_client(), getattr(world.cast, name))


def test_every_route_carries_a_rule_and_few_are_public(app):
    public = {route.endpoint: route.rule.public for route in routes(app) if route.rule.public is not None}

    assert len(public) <= MAX_PUBLIC, sorted(public)
    assert all(len(reason or "") > 15 for reason in public.values()), public


def test_every_role_of_a_rule_exists(app):
    assert all(route.rule.roles <= set(ROLES) for route in routes(app))


@pytest.mark.slow
def test_who_is_not_let_in_is_sent_away_and_changes_nothing(app, world, case_of):
    wrong = []
    for role, client in browsers(app, world):
        before = checksum()
        for route in routes(app):
            if route.rule.public is not None or role in route.rule.roles:
                continue
            answer = ask(client, route, case_of(route).own, form=case_of(route).form)
            led_away = route.method == "GET" and not route.is_call
            expected = 403 if role != "anonymous" else 302 if led_away else 401
            if answer.status_code != expected:
                wrong.append(f"{route} as {role}: {answer.status_code}")
            if expected == 302 and not (answer.location or "").startswith("/login"):
                wrong.append(f"{route} as {role}: leads to {answer.location}")
        assert checksum() == before, f"something changed though {role} was refused"
    assert not wrong, "\n".join(wrong)


def test_who_works_for_a_branch_is_not_let_in_where_the_nation_is_concerned(app, world, case_of):
    nationwide = [route for route in routes(app) if route.rule.scope == "nation"]
    wrong = []
    for role, person in world.in_branch.items():
        client = sign_in(app.test_client(), person)
        before = checksum()
        for route in nationwide:
            answer = ask(client, route, case_of(route).own, form=case_of(route).form)
            if answer.status_code != 403:
                wrong.append(f"{route} as {role} of a branch: {answer.status_code}")
        assert checksum() == before, f"something changed though {role} of a branch was refused"
    assert len(nationwide) > 10
    assert not wrong, "\n".join(wrong)


def _looks_unused(client: FlaskClient, route: Route, case: Case, foreign: TestResponse) -> bool:
    """A number that a client makes: a foreign one looks like a new one; the checksum shows whether anything was written."""
    if route.method != "GET":
        return foreign.status_code < 500
    new = ask_quietly(client, route, case.missing)
    texts = [_UUID.sub("", _MOMENT.sub("", _TOKEN.sub("", answer.text))) for answer in (foreign, new)]
    return foreign.status_code == new.status_code and texts[0] == texts[1]


def _tells(client: FlaskClient, route: Route, case: Case) -> str:
    """Say how a foreign object can be told from a missing one; empty if it cannot."""
    foreign = ask_quietly(client, route, case.foreign, form=case.form)
    if case.client_made:
        return "" if _looks_unused(client, route, case, foreign) else "shows a foreign report"
    if foreign.status_code != 404:
        return f"foreign {foreign.status_code}"
    missing = ask_quietly(client, route, case.missing, form=case.form) if case.missing else foreign
    same = _TOKEN.sub("", foreign.text) == _TOKEN.sub("", missing.text)
    return "" if missing.status_code == 404 and same else f"missing {missing.status_code}, other words"


@pytest.mark.slow
def test_a_foreign_object_looks_like_one_that_does_not_exist(app, world, case_of):
    wrong = []
    for role, person in world.in_branch.items():
        client = sign_in(app.test_client(), person)
        before = checksum()
        for route in routes(app):
            case = case_of(route)
            if (
                role in route.rule.roles
                and route.rule.scope is None
                and case.foreign is not None
                and (told := _tells(client, route, case))
            ):
                wrong.append(f"{route} as {role}: {told}")
        assert checksum() == before, f"{role} changed something of a foreign branch"
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_what_does_not_exist_is_not_found(app, world, case_of):
    wrong = []
    for role, client in browsers(app, world):
        for route in routes(app):
            case = case_of(route)
            if role in route.rule.roles and case.missing is not None and not case.client_made:
                answer = ask(client, route, case.missing, form=case.form)
                if answer.status_code != 404:
                    wrong.append(f"{route} as {role}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_pages_open_for_who_is_let_in_and_write_nothing(app, world, case_of):
    wrong = []
    for role, client in browsers(app, world):
        before = checksum()
        for route in routes(app):
            allowed = route.rule.public is not None or role in route.rule.roles
            if route.method != "GET" or not allowed or route.endpoint == "static":
                continue
            answer = ask(client, route, case_of(route).own)
            # Their own object may not exist yet (a statement of an open month), but nobody is refused.
            if answer.status_code not in {200, 302, 303, 404, 409, 503}:
                wrong.append(f"{route} as {role}: {answer.status_code}")
        assert checksum() == before, f"a GET as {role} wrote something"
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_a_post_without_a_token_is_refused_and_changes_nothing(app, world, case_of):
    wrong = []
    for role, client in browsers(app, world):
        before = checksum()
        for route in routes(app):
            if route.method == "GET" or (role not in route.rule.roles and route.rule.public is None):
                continue
            answer = ask(client, route, case_of(route).own, form=case_of(route).form, token=False)
            if answer.status_code != 400:
                wrong.append(f"{route} as {role} without a token: {answer.status_code}")
        assert checksum() == before, f"a forged POST as {role} changed something"
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_a_post_of_who_is_let_in_never_ends_in_a_fault(app, world, case_of):
    wrong = []
    for role, name in PEOPLE.items():
        for route in routes(app):
            if route.method == "GET" or role not in route.rule.roles:
                continue
            client = sign_in(app.test_client(), getattr(world.cast, name))
            for form in ({}, case_of(route).form):
                answer = ask(client, route, case_of(route).own, form=form)
                if answer.status_code >= 500:
                    wrong.append(f"{route} as {role}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("state", ["disabled", "revoked", "expired", "idle"])
def test_a_session_that_has_ended_opens_nothing(app, world, state):
    client = sign_in(app.test_client(), world.cast.ratna)
    session = db.session.scalars(select(UserSession).order_by(UserSession.id.desc())).first()
    if state == "disabled":
        world.cast.ratna.is_active = False
    elif state == "revoked":
        session.revoked_at = session.created_at
    elif state == "expired":
        session.expires_at = session.created_at
    else:
        session.last_seen_at = session.last_seen_at.replace(hour=0)
    db.session.commit()

    for route in routes(app):
        if route.method == "GET" and not route.variables and route.rule.public is None:
            expected = 401 if route.is_call else 302
            assert ask(client, route, {}).status_code == expected, f"{route} with a session that is {state}"


def test_the_first_password_has_to_be_changed_before_anything_else(app, world):
    world.cast.ratna.must_change_password = True
    db.session.commit()
    client = sign_in(app.test_client(), world.cast.ratna)

    for route in routes(app):
        if (
            route.method == "GET"
            and not route.variables
            and "admin" in route.rule.roles
            and not route.rule.first_password
        ):
            answer = ask(client, route, {})
            if route.is_call:
                assert answer.json["code"] == "api.first_password", f"{route}: {answer.status_code}"
                continue
            assert answer.location == "/password/change", f"{route}: {answer.status_code} {answer.location}"


def test_these_tests_bite(app, world, case_of, monkeypatch):
    opened = [route for route in routes(app) if route.rule.roles and "cadre" not in route.rule.roles]
    client = sign_in(app.test_client(), world.cast.marlina)
    for route in opened:
        if route.method == "GET" and not route.variables:
            view = app.view_functions[route.endpoint]
            monkeypatch.setattr(view, "access_rule", replace(route.rule, roles=frozenset(ROLES), scope=None))
            assert ask(client, route, {}).status_code != 403, (
                f"{route} is refused by something else than its rule"
            )
            monkeypatch.undo()
