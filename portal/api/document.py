"""The description of the interface: OpenAPI 3.1, made from the views' own types (docs/decisions/0044)."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any, Final, cast

from flask import Response as FlaskResponse
from flask import current_app
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from spectree import Response, SpecTree
from spectree.plugins.base import Context
from spectree.plugins.flask_plugin import FlaskPlugin

from portal.api.forms.shapes import Answer, Problem
from portal.domain.errors import RuleBroken
from portal.domain.locations import GEO_PATTERN
from portal.domain.months import MONTH_PATTERN
from portal.texts.labels import refusal
from portal.web.access import Rule, rule_of
from portal.web.bodies import read_raw
from portal.web.problems import CONTENT_TYPE, FieldError, Refused

View = Callable[..., Any]
JSON: Final = "application/json"
PROBLEMS: Final = (400, 401, 403, 404, 413, 415, 422, 429, 500, 503)
_WAITING: Final = ("429", "503")
_RETRY: Final = {"Retry-After": {"schema": {"type": "string"}, "description": "Seconds."}}
PLACE_HEADER: Final = "Photo-Location"
_PLACE: Final = {
    "name": PLACE_HEADER,
    "in": "header",
    "required": False,
    "description": "Where the photo was taken, with the accuracy in metres (RFC 5870).",
    "schema": {"type": "string", "pattern": f"^{GEO_PATTERN}$"},
    "example": "geo:-2.9909,104.7566;u=35",
}
_RAW: Final[dict[str, Sequence[str]]] = {}  # what a view takes as it is, by its name
_CODES: Final = {
    "missing": "field.missing",
    "extra_forbidden": "field.unknown",
    "too_long": "field.too_many",
}


class _Reading(FlaskPlugin):
    """Reads bodies and queries strictly; what does not fit is answered by a problem document."""

    def request_validation(
        self, request: Any, query: Any, json: Any, form: Any, headers: Any, cookies: Any
    ) -> None:
        try:
            super().request_validation(request, query, None, form, headers, cookies)  # type: ignore[no-untyped-call] # the library's own
            if json is not None:
                request.context = Context(request.context.query, _read_json(request, json), None, None, None)
        except ValidationError as problem:
            raise _refused(problem.errors(include_url=False, include_input=False)) from None


def _read_json(request: Any, model: type[BaseModel]) -> BaseModel:
    if request.mimetype != JSON:
        raise Refused(415, RuleBroken("api.wrong_kind"))
    return model.model_validate_json(read_raw())


def _refused(errors: Sequence[ErrorDetails]) -> Refused:
    if any(error["type"] == "json_invalid" for error in errors):
        return Refused(400, RuleBroken("api.bad_json"))
    return Refused(422, RuleBroken("api.fields"), errors=[_field_error(error) for error in errors])


def _field_error(error: ErrorDetails) -> FieldError:
    kind = error["type"]
    code = _CODES.get(kind) or ("field.kind" if kind.endswith("_type") else "field.form")
    values = {"most": error.get("ctx", {}).get("max_length", "")}
    return FieldError("/".join(map(str, error["loc"])), code, refusal(code, values))


_spec = SpecTree(
    backend=_Reading,
    mode="strict",
    title="Portal Kader",
    version="1",
    description="For programs. Errors are problem documents (RFC 9457) in the reader's language.",
    naming_strategy=lambda model: str(model.__name__),
    nested_naming_strategy=lambda _parent, child: child,
)


def describe(
    tag: str, *, answers: Mapping[int, type[Answer]], raw: Sequence[str] = ()
) -> Callable[[View], Callable[..., FlaskResponse]]:
    """Describe a call: what it answers, beside the problems that every call may answer.

    Its query and its JSON body are described, and read, by the annotations of the arguments `query` and `json`; `raw`
    are the media types of a body that is taken as it is.
    """

    def decorate(view: View) -> Callable[..., FlaskResponse]:
        _RAW[view.__name__] = raw
        models = dict.fromkeys(PROBLEMS, Problem) | dict(answers)
        resp = Response(**{f"HTTP_{status}": model for status, model in sorted(models.items())})
        described = _spec.validate(resp=resp, tags=[tag], operation_id=view.__name__)
        return cast("Callable[..., FlaskResponse]", described(view))

    return decorate


def openapi() -> dict[str, Any]:
    """Return the document."""
    return _document(current_app.config["SESSION_COOKIE_NAME"])


@cache
def _document(cookie: str) -> dict[str, Any]:
    document: dict[str, Any] = dict(_spec.spec)
    document["components"]["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": cookie},
        "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
        "token": {"type": "http", "scheme": "bearer"},
    }
    for path in document["paths"].values():
        for method, call in path.items():
            _complete(call, writes=method not in {"get", "head"})
    return document


def _complete(call: dict[str, Any], *, writes: bool) -> None:
    """Write what the library cannot know: who may call, what problems look like, bodies that are no JSON."""
    rule = rule_of(current_app.view_functions[f"api.{call['operationId']}"])
    _write_access(call, cast("Rule", rule), writes=writes)
    for parameter in call["parameters"]:
        parameter["schema"] = parameter["schema"] or {"type": "string", "pattern": f"^{MONTH_PATTERN}$"}
    for status, answer in call["responses"].items():
        if status >= "400":
            answer["content"] = {CONTENT_TYPE: answer["content"][JSON]}
    for status in _WAITING:
        call["responses"][status]["headers"] = deepcopy(_RETRY)
    if raw := _RAW[call["operationId"]]:
        schema = {"type": "string", "format": "binary"}
        call["requestBody"] = {"content": {kind: {"schema": schema} for kind in raw}, "required": True}
        call["parameters"].append(deepcopy(_PLACE))


def _write_access(call: dict[str, Any], rule: Rule, *, writes: bool) -> None:
    call["x-roles"] = sorted(rule.roles)
    session: dict[str, list[str]] = {"session": [], "csrf": []} if writes else {"session": []}
    call["security"] = [session]
    if rule.program is not None:
        call["x-token-scope"] = rule.program
        call["security"].append({"token": []})
