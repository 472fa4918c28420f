"""The JSON Schema of contribution tables (draft 2020-12): brackets, rates, relief windows, benefits, ages."""

from __future__ import annotations

from typing import Any

from portal.domain.plan_schema import PAYER_TYPES

PROGRAMMES = ("JKK", "JKM", "JHT")
SECTORS = ("transport", "other")
# Relief never touches the own savings (rules.md 13.2).
RELIEVED = ("JKK", "JKM")

_RUPIAH = {"type": "integer", "minimum": 0, "maximum": 1_000_000_000}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 1_200}
_PERCENT = {"type": "string", "pattern": r"^(100|[0-9]{1,2}(\.[0-9]{1,4})?)$"}
_MONTH = {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"}
_SOURCE = {"type": "string", "minLength": 1, "maxLength": 200}


def _all(properties: dict[str, Any], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return an object of which every property is required but those named as optional."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


_BRACKET = _all(
    {"from": _RUPIAH, "to": {"anyOf": [_RUPIAH, {"type": "null"}]}, "base": {**_RUPIAH, "minimum": 1}},
)
_RELIEF = _all(
    {
        "code": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,39}$"},
        "source": _SOURCE,
        "sector": {"enum": list(SECTORS)},
        "programmes": {
            "type": "array", "items": {"enum": list(RELIEVED)}, "minItems": 1, "uniqueItems": True,
        },
        "payers": {
            "type": "array", "items": {"enum": list(PAYER_TYPES)}, "minItems": 1, "uniqueItems": True,
        },
        "percent": _PERCENT,
        "from": _MONTH,
        "until": _MONTH,
    },
)  # fmt: skip
_BENEFITS = _all(
    {
        "JKK": _all(
            {
                "source": _SOURCE,
                "wage_full_months": _COUNT,
                "wage_later_percent": _PERCENT,
                "disability_wages": _COUNT,
                "death_wages": _COUNT,
            },
        ),
        "JKM": _all(
            {"source": _SOURCE, "sum": _RUPIAH, "waiting_months": _COUNT, "sum_while_waiting": _RUPIAH},
        ),
        "JHT": _all({"source": _SOURCE, "age": _COUNT}),
        "scholarship": _all(
            {"source": _SOURCE, "sum": _RUPIAH, "children": _COUNT, "after_months": _COUNT},
        ),
    },
)

CONTRIBUTION_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Contribution table of Portal Kader",
    **_all(
        {
            "valid_from": _MONTH,
            "source": _SOURCE,
            "checked_on": {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"},
            "brackets": {"type": "array", "items": _BRACKET, "minItems": 1, "maxItems": 200},
            "rates": _all({"JKK": _PERCENT, "JHT": _PERCENT}),
            "JKM": _RUPIAH,
            "reliefs": {"type": "array", "items": _RELIEF, "maxItems": 50},
            "months_ahead": {
                "type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 24},
                "minItems": 1, "uniqueItems": True,
            },
            "age": _all({"below": _COUNT, "least": _COUNT}, optional=("least",)),
            "example_income": {**_RUPIAH, "minimum": 1},
            "benefits": _BENEFITS,
        },
        optional=("checked_on",),
    ),
}  # fmt: skip
