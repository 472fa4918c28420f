"""JSON documents that hold rules as data: what is wrong with one, by its schema."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import jsonschema


class Fault(NamedTuple):
    """Where a document breaks its schema, and how."""

    place: str
    problem: str


def find_fault(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Fault | None:
    """Return the first fault of a document against a JSON Schema, or None; its texts hold no control characters."""
    validator = jsonschema.Draft202012Validator(schema)
    try:
        first = next(iter(sorted(validator.iter_errors(document), key=lambda error: error.json_path)), None)
    except RecursionError:
        return Fault("$", "nested too deeply")
    if first is not None:
        worst = jsonschema.exceptions.best_match([first])
        return Fault(worst.json_path, worst.message[:200])
    if not all(text.isprintable() for text in _texts(document)):
        return Fault("$", "control characters")
    return None


def _texts(part: object) -> Iterator[str]:
    """List all texts of a document, property names included."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        yield from part
        yield from _texts(list(part.values()))
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each)
