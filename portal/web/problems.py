"""Refusals and faults for programs: RFC 9457 problem documents, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException

from portal.domain.errors import RuleBroken
from portal.texts.labels import label, refusal

API: Final = "/api/"
CONTENT_TYPE: Final = "application/problem+json"
_TITLED: Final = frozenset({400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503})


@dataclass(frozen=True)
class FieldError:
    """What is wrong with a field: its way through the body ("signups/0/nik"), a code, and its sentence."""

    field: str
    code: str
    detail: str


class Refused(Exception):  # noqa: N818 - a request is refused, the program has no error
    """A request that is answered by a status and a code.

    `errors` name the fields, `wait` the seconds until a new try.
    """

    def __init__(
        self, status: int, problem: RuleBroken, *, errors: Sequence[FieldError] = (), wait: int | None = None
    ) -> None:
        super().__init__(problem.code)
        self.status, self.problem, self.errors, self.wait = status, problem, tuple(errors), wait


def asked_by_program() -> bool:
    """Tell whether this request goes to the interface for programs, where no page is ever answered."""
    return request.path.startswith(API)


def problem_document(
    status: int, code: str, detail: str, *, errors: Sequence[FieldError] = (), wait: int | None = None
) -> Response:
    """Make a problem document; `wait` says after how many seconds to try again."""
    titled = status if status in _TITLED else 400 if status < 500 else 500
    answer = jsonify(
        {
            "type": "about:blank",
            "title": label("problem", titled),
            "status": status,
            "detail": detail,
            "code": code,
            "errors": [vars(each) for each in errors],
        }
    )
    answer.status_code = status
    answer.mimetype = CONTENT_TYPE
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    return answer


def of_rule(problem: RuleBroken, status: int, *, wait: int | None = None) -> Response:
    """Make the document of a broken rule."""
    return problem_document(status, problem.code, refusal(problem.code, problem.values), wait=wait)


def of_refusal(refused: Refused) -> Response:
    """Make the document of a refused request."""
    problem = refused.problem
    detail = refusal(problem.code, problem.values)
    return problem_document(refused.status, problem.code, detail, errors=refused.errors, wait=refused.wait)


def of_http(problem: HTTPException) -> Response:
    """Make the document of an HTTP error; what its answer says in headers (Allow, Retry-After) is kept."""
    status = problem.code or 500
    known = status if status in _TITLED else 400 if status < 500 else 500
    answer = problem_document(status, f"http_{status}", refusal(f"api.http_{known}", {}))
    for name, value in problem.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            answer.headers[name] = value
    return answer
