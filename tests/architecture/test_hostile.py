"""Hostile values in every argument, field and address of every route: never a fault, never live markup.

The names a view reads are collected while it runs, so new fields are tried without a change here. Nothing is
committed, so each request meets the same world; the statements still run.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes, urlsplit

import pytest
from architecture.subjects import World, make_world
from architecture.test_access import PEOPLE
from flask import Flask, Request, request, url_for
from signing_in import csrf_token, sign_in
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse

from portal.accounts.services import signing_in, users
from portal.database import transaction
from portal.database.extensions import db
from portal.web.access import rule_of
from portal.web.forms import Form

pytestmark = [pytest.mark.slow]

SCRIPT = "<script>alert(7)</script>"
BREAKOUT = "\"'><img src=x onerror=alert(7)>"
CORPUS: dict[str, bytes] = {
    "nothing": b"",
    "a null character": b"Siti\x00Aminah",
    "no UTF-8": b"\xed\xa0\x80\xff\xfe",
    "ten thousand letters": b"A" * 10_000,
    "thirty digits": b"9" * 30,
    "beyond 64 bit": b"9223372036854775808",
    "beyond 32 bit": b"9999999999",
    "a raised two": "²".encode(),
    "Arabic digits": "١٢٣".encode(),
    "a huge power": b"1e309",
    "the first day": b"0001-01-01",
    "the last day": b"9999-12-31",
    "no month": b"2026-13",
    "SQL": b"' OR '1'='1'; DROP TABLE users;--",
    "a template": b"{{7*7}}${7*7}{% raw %}%(name)s%s",
    "a script": SCRIPT.encode(),
    "a broken attribute": BREAKOUT.encode(),
    "right to left": "a\u202eb\u200b".encode(),
    "a new header": b"a\r\nSet-Cookie: x=1",
    "JSON": b'[{"a": 1}]',
    "a foreign address": b"//evil.example/\\x",
    "a long phone number": b"08" + b"1" * 40,
}  # fmt: skip
# What Python stumbles over shows on SQLite, which is quicker; what no text of PostgreSQL may be, or no number or column
# of it can hold, on PostgreSQL; what both refuse, each in its way, on both.
SQLITE_ALONE = {
    "nothing", "a raised two", "Arabic digits", "a huge power", "no month", "a script", "right to left", "a new header",
    "JSON", "a foreign address",
}  # fmt: skip
ON_BOTH = {"a null character", "thirty digits", "beyond 64 bit", "the last day", "a broken attribute"}
# Values that have caused faults before are also tried in each argument or field alone: what Python stumbles over on
# SQLite, what a database refuses on PostgreSQL.
SHARP = {
    "sqlite": {
        "GET": {"beyond 32 bit", "a raised two", "the last day"},
        "POST": {"a raised two", "the last day", "a null character", "beyond 64 bit", "a script"},
    },
    "postgresql": {
        "GET": {"beyond 32 bit"},
        "POST": {"a null character", "beyond 32 bit", "ten thousand letters"},
    },
}
SEEN_AS_TEXT = ("a script", "a broken attribute")


class WatchedValues(ImmutableMultiDict[str, str]):
    """Arguments or fields that remember which of them a view asks for."""

    asked: set[str] = set()  # noqa: RUF012 - shared on purpose: one request after the other

    def get(self, key: Any, *more: Any, **options: Any) -> Any:
        self.asked.add(key)
        return super().get(key, *more, **options)

    def getlist(self, key: Any, *more: Any, **options: Any) -> Any:
        self.asked.add(key)
        return super().getlist(key, *more, **options)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


class WatchedRequest(Request):
    """A request that remembers what it is asked for."""

    parameter_storage_class = WatchedValues


@dataclass(frozen=True)
class Route:
    """One endpoint and method, as a role that may open it."""

    endpoint: str
    method: str
    variables: frozenset[str]
    role: str

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint} as {self.role}"


def fitting_routes(app: Flask) -> list[Route]:
    """List every route with one role that may open it."""
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        carried = rule_of(app.view_functions[rule.endpoint])
        role = next((role for role in PEOPLE if carried and role in carried.roles), "anonymous")
        found += [
            Route(rule.endpoint, method, frozenset(rule.arguments), role)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            if rule.endpoint != "static"
        ]
    return found


@dataclass
class Attack:
    """Sends the hostile values and keeps what went wrong."""

    app: Flask
    world: World
    cookies: dict[str, tuple[str, str]]
    wrong: list[str]

    def send(self, route: Route, what: str, *, path: str, data: dict[str, bytes] | None) -> TestResponse:
        """Send one request with the cookie of its role and look at the answer."""
        cookie, token = self.cookies[route.role]
        client = self.app.test_client()
        client.set_cookie("portal", cookie)
        if data is None:
            answer = client.get(path)
        else:
            body = encoded({**data, "csrf_token": token.encode()})
            answer = client.open(
                path, method=route.method, data=body, content_type="application/x-www-form-urlencoded"
            )
        self.judge(answer, f"{route}, {what}")
        if answer.status_code in {302, 303} and any(name in what for name in SEEN_AS_TEXT):
            assert answer.location.startswith("/"), f"{route}, {what}: leads to {answer.location}"
            self.judge(client.get(answer.location), f"{route}, {what}, the page after it")
        return answer

    def judge(self, answer: TestResponse, what: str) -> None:
        """Record an answer that no input may cause."""
        if answer.status_code >= 500:
            self.wrong.append(f"{what}: {answer.status_code}")
        elif (answer.location or "/").startswith(("//", "/\\")) or self.leaves(answer):
            self.wrong.append(f"{what}: leads to {answer.location}")
        elif answer.mimetype == "text/html" and (SCRIPT in answer.text or BREAKOUT in answer.text):
            self.wrong.append(f"{what}: comes back as markup")

    def leaves(self, answer: TestResponse) -> bool:
        """Tell whether an answer leads to another site; the router itself uses the full address of this one."""
        target = urlsplit(answer.location or "/")
        return bool(target.netloc) and target.netloc != "localhost"

    def path(self, route: Route, values: Any = None) -> str:
        """Return the address of a route, with the own object unless values are given."""
        own = values or self.world.case(route.endpoint, set(route.variables)).own
        with self.app.test_request_context():
            return url_for(route.endpoint, **own)


def encoded(pairs: dict[str, bytes]) -> bytes:
    """Encode a form byte by byte, including what is not UTF-8."""
    return "&".join(
        f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in pairs.items()
    ).encode()


@pytest.fixture
def attack(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Attack:
    world = make_world()
    cookies = {}
    for role in (*PEOPLE, "anonymous"):
        client = app.test_client()
        if role in PEOPLE:
            sign_in(client, getattr(world.cast, PEOPLE[role]))
        token = csrf_token(client)
        kept = client.get_cookie("portal")
        assert kept
        cookies[role] = (kept.value, token)

    def check_only(self: Any) -> None:
        self.flush()
        self.rollback()

    monkeypatch.setattr(type(db.session), "commit", check_only)
    monkeypatch.setattr(transaction, "_TRIES", 0)  # what is made ready for a close would have to be committed
    monkeypatch.setattr(app, "request_class", WatchedRequest)
    monkeypatch.setattr(users, "hash_password", lambda _password: "none")
    monkeypatch.setattr(signing_in, "hash_password", lambda _password: "none")
    real = Form.__init__

    def watched_init(self: Any, *args: Any, **options: Any) -> None:
        real(self, *args, **options)
        if request.method != "GET":
            WatchedValues.asked |= set(self._fields)

    monkeypatch.setattr(Form, "__init__", watched_init)
    return Attack(app, world, cookies, [])


def asked(attack: Attack, route: Route, data: dict[str, bytes] | None) -> list[str]:
    """Return the arguments or fields that a route asks for."""
    WatchedValues.asked.clear()
    attack.send(route, "as it should be", path=attack.path(route), data=data)
    return sorted(WatchedValues.asked - {"csrf_token"})


def corpus() -> list[tuple[str, bytes]]:
    """List the values for the database under test."""
    tried = SQLITE_ALONE | ON_BOTH if db.engine.dialect.name == "sqlite" else CORPUS.keys() - SQLITE_ALONE
    return [(what, value) for what, value in CORPUS.items() if what in tried]


def changes(method: str, names: list[str], what: str, value: bytes) -> list[dict[str, bytes]]:
    """Put a value into all names at once; values that caused faults before also into each name alone."""
    sharp = what in SHARP[db.engine.dialect.name][method] and len(names) > 1
    alone = [{name: value} for name in names] if sharp else []
    return [*alone, dict.fromkeys(names, value)]


def test_no_argument_of_an_address_ends_in_a_fault(attack):
    for route in fitting_routes(attack.app):
        if route.method != "GET":
            continue
        names, path = asked(attack, route, None), attack.path(route)
        if not names:
            continue
        for what, value in corpus():
            for pairs in changes(route.method, names, what, value):
                attack.send(
                    route, f"{', '.join(pairs)}: {what}", path=f"{path}?{encoded(pairs).decode()}", data=None
                )
    assert not attack.wrong, "\n".join(attack.wrong)


def test_no_field_of_a_form_ends_in_a_fault(attack):
    for route in fitting_routes(attack.app):
        if route.method in {"GET", "PUT"}:  # what programs put is tried out in tests/api/test_document.py
            continue
        own = attack.world.case(route.endpoint, set(route.variables)).form
        fit = {name: str(value).encode() for name, value in own.items()}
        path = attack.path(route)
        names = asked(attack, route, fit)
        for what, value in corpus():
            for changed in changes(route.method, names, what, value):
                attack.send(route, f"{', '.join(changed)}: {what}", path=path, data=fit | changed)
    assert not attack.wrong, "\n".join(attack.wrong)


def test_no_address_ends_in_a_fault(attack):
    for route in fitting_routes(attack.app):
        if not route.variables:
            continue
        own = attack.world.case(route.endpoint, set(route.variables))
        rule = next(
            rule
            for rule in attack.app.url_map.iter_rules(route.endpoint)
            if rule.arguments == route.variables
        )
        for name in sorted(route.variables):
            for what, value in corpus():
                pieces = {
                    other: quote_from_bytes(str(own.own[other]).encode()) for other in route.variables
                } | {name: quote_from_bytes(value[:2000], safe="")}
                path = "".join(
                    pieces[part[1:-1].rpartition(":")[2]] if part.startswith("<") else part
                    for part in re.split(r"(<[^<>]+>)", rule.rule)
                )
                data = (
                    None
                    if route.method == "GET"
                    else {key: str(each).encode() for key, each in own.form.items()}
                )
                attack.send(route, f"{name}: {what}", path=path, data=data)
    assert not attack.wrong, "\n".join(attack.wrong)
