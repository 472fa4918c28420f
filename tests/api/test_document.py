"""The description of the interface: OpenAPI 3.1, and every call that it describes tried out by a program."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from api.asking import BASE, Phone
from cast import make_cast
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from reporting import jpeg, new_ref
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from signing_in import csrf_token, sign_in

from portal.database.extensions import db
from portal.domain.actors import TOKEN_SCOPES
from portal.web.access import rule_of

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
EXAMPLES = 12
CALLERS = {"authorization", "cookie", "x-csrf-token"}
PEOPLE = ("marlina", "agus", "")


def _as_it_is(_context: Any, value: Any) -> dict[str, Any]:
    return {"data": value if isinstance(value, bytes) else jpeg()}


for kind in ("image/jpeg", "image/png", "image/webp"):
    schemathesis.serializer(kind)(_as_it_is)


class Apart:
    """The portal as a server runs it: each request has a context of its own, nothing of the test's."""

    def __init__(self, app: Any) -> None:
        self.app = app

    def __call__(self, environ: Any, start: Any) -> Any:
        db.session.rollback()
        with self.app.app_context():
            return list(self.app(environ, start))


def _calls(app: Any) -> Iterator[tuple[str, Any]]:
    schema = schemathesis.openapi.from_wsgi(f"{BASE}/openapi.json", Apart(app))
    for found in schema.get_all_operations():
        operation = found.ok()
        yield f"{operation.method.upper()} {operation.path}", operation


def _session(app: Any, person: Any) -> dict[str, dict[str, str]]:
    client = sign_in(app.test_client(), person)
    token = csrf_token(client)
    name = app.config["SESSION_COOKIE_NAME"]
    return {"cookies": {name: client.get_cookie(name).value}, "headers": {"X-CSRF-Token": token, **PLAIN}}


# The client of the tests unpacks nothing: a long answer would come packed.
PLAIN = {"Accept-Encoding": "identity"}


def _without_callers(headers: Any) -> dict[str, str]:
    return {name: text for name, text in headers.items() if name.lower() not in CALLERS}


def _try_out(operation: Any, caller: dict[str, dict[str, str]]) -> set[int]:
    """Send a call what its description allows and what it does not; return the statuses of the answers."""
    seen: set[int] = set()

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)))
    def send(case: Any) -> None:
        if caller:  # the caller is known: nobody else is made up
            case.cookies, case.headers = {}, _without_callers(case.headers or {})
        answer = case.call(**caller)
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    send()
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("name", PEOPLE)
def test_every_call_answers_as_it_is_described_whatever_it_is_sent(app, name):
    cast = make_cast()
    caller = _session(app, getattr(cast, name)) if name else {}

    seen = {label: _try_out(operation, caller) for label, operation in _calls(app)}

    assert len(seen) >= 7
    if not name:
        assert all(statuses <= {400, 401, 404, 413, 429} for statuses in seen.values()), seen


def test_the_document_names_every_call_and_who_may_call_it(app):
    document = app.test_client().get(f"{BASE}/openapi.json").json
    described = {call["operationId"]: call for path in document["paths"].values() for call in path.values()}
    calls = {
        name.removeprefix("api."): view
        for name, view in app.view_functions.items()
        if name.startswith("api.")
    }

    assert document["openapi"].startswith("3.1")
    assert set(described) == set(calls) - {"document"}
    for name, call in described.items():
        rule = rule_of(calls[name])
        assert call["x-roles"] == sorted(rule.roles)
        assert call["x-token-scope"] == rule.program in TOKEN_SCOPES
        assert all(
            "application/problem+json" in call["responses"][status]["content"] for status in ("401", "422")
        )


def test_the_example_of_the_document_is_a_report_that_is_taken(app):
    document = app.test_client().get(f"{BASE}/openapi.json").json
    (example,) = document["components"]["schemas"]["ReportBody"]["examples"]

    answer = Phone(app, make_cast().marlina).send(new_ref(), example)

    assert answer.status_code == 201, answer.json


def test_the_document_is_the_same_for_everybody_and_kept_for_a_while(app):
    answer = app.test_client().get(f"{BASE}/openapi.json")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=300")
    assert "Set-Cookie" not in answer.headers
    again = app.test_client().get(f"{BASE}/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
