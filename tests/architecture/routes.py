"""The routes of the portal, and asking one as a browser or the phone's sender would."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from signing_in import csrf_token
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.database.columns import Base
from portal.database.extensions import db
from portal.web.access import Rule, rule_of


@dataclass(frozen=True)
class Route:
    """One endpoint and method with its rule."""

    endpoint: str
    method: str
    variables: frozenset[str]
    rule: Rule

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"

    @property
    def is_call(self) -> bool:
        """Tell whether programs call it: they are never led to a page, but told."""
        return self.endpoint.startswith("api.")


def routes(app: Flask) -> list[Route]:
    """List the routes of the URL map; every one must carry a rule."""
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        carried = rule_of(app.view_functions[rule.endpoint])
        assert carried, f"{rule.endpoint} carries no rule: it answers nobody"
        found += [
            Route(rule.endpoint, method, frozenset(rule.arguments), carried)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]
    return found


def checksum() -> dict[str, int]:
    """Return a number for the content of each table."""
    db.session.rollback()
    return {
        table.name: hash(tuple(sorted(map(repr, db.session.execute(select(table)).all()))))
        for table in Base.metadata.sorted_tables
    }


def ask(
    client: FlaskClient, route: Route, values: Any, *, form: Any = None, token: bool = True
) -> TestResponse:
    """Request a route, a POST with the form and a real CSRF token."""
    url = client.application.url_map.bind("localhost").build(route.endpoint, values)
    if route.method == "GET":
        return client.get(url)
    if route.is_call:
        headers = {"X-CSRF-Token": csrf_token(client)} if token else {}
        return client.open(url, method=route.method, json=dict(form or {}), headers=headers)
    data = dict(form or {}) | ({"csrf_token": csrf_token(client)} if token else {})
    return client.open(url, method=route.method, data=data)
