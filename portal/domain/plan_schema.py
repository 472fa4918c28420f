"""The published JSON Schema of incentive plans (draft 2020-12)."""

from __future__ import annotations

from typing import Any

from portal.domain.matching import LAST_EARNING_NUMBER
from portal.domain.points import PACKS

PAYER_TYPES = ("mandiri", "donatur", "pemerintah")

_RUPIAH = {"type": "integer", "minimum": 0, "maximum": 1_000_000_000_000}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 1_000_000}
_PERCENT = {"type": "string", "pattern": r"^(100|[0-9]{1,2}(\.[0-9]{1,4})?)$"}
_CODE = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,39}$"}
_TAX_OBJECT = {"type": "string", "pattern": "^[0-9]{2}-[0-9]{3}-[0-9]{2}$"}


def _component(name: str, required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"component": {"const": name}, "tax_object": _TAX_OBJECT, **properties},
        "required": ["component", *required],
        "additionalProperties": False,
    }


PLAN_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Incentive plan of Portal Kader",
    "type": "object",
    "properties": {
        "code": _CODE,
        "name": {"type": "string", "minLength": 1, "maxLength": 120},
        "source": {"type": "string", "maxLength": 200},
        "valid_from": {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"},
        "recognition": {"enum": ["receipt", "coverage"]},
        "tax_object": _TAX_OBJECT,
        "payer_types": {
            "type": "array",
            "items": {"enum": list(PAYER_TYPES)},
            "minItems": 1,
            "uniqueItems": True,
        },
        "components": {
            "type": "array",
            "minItems": 1,
            "items": {
                "oneOf": [
                    _component(
                        "acquisition_fee",
                        ["amounts"],
                        {
                            "amounts": {
                                "type": "object",
                                "properties": dict.fromkeys(PACKS, _RUPIAH),
                                "additionalProperties": False,
                                "minProperties": 1,
                            },
                            "min_new": _COUNT,
                        },
                    ),
                    _component("flat_bonus", ["amount", "min_new"], {"amount": _RUPIAH, "min_new": _COUNT}),
                    _component(
                        "contribution_share",
                        ["bands"],
                        {
                            "bands": {
                                "type": "array",
                                "minItems": 1,
                                "items": {
                                    "type": "object",
                                    "properties": {
                                        "from": {
                                            "type": "integer",
                                            "minimum": 1,
                                            "maximum": LAST_EARNING_NUMBER,
                                        },
                                        "to": {
                                            "type": "integer",
                                            "minimum": 1,
                                            "maximum": LAST_EARNING_NUMBER,
                                        },
                                        "rate": _PERCENT,
                                    },
                                    "required": ["from", "to", "rate"],
                                    "additionalProperties": False,
                                },
                            }
                        },
                    ),
                    _component(
                        "rank_prize",
                        ["scope", "amounts"],
                        {
                            "scope": {"enum": ["branch", "region", "nation"]},
                            "amounts": {"type": "array", "items": _RUPIAH, "minItems": 1, "maxItems": 100},
                            "min_validated": _COUNT,
                        },
                    ),
                    _component(
                        "retention_bonus",
                        ["amounts"],
                        {
                            "amounts": {
                                "type": "object",
                                "patternProperties": {"^([1-9]|[1-5][0-9]|60)$": _RUPIAH},
                                "additionalProperties": False,
                                "minProperties": 1,
                            }
                        },
                    ),
                    _component(
                        "badge_bonus",
                        ["amounts"],
                        {
                            "amounts": {
                                "type": "object",
                                "patternProperties": {"^[a-z0-9_-]{1,24}$": _RUPIAH},
                                "additionalProperties": False,
                                "minProperties": 1,
                            }
                        },
                    ),
                    _component(
                        "host_override",
                        ["rate", "mode"],
                        {"rate": _PERCENT, "mode": {"enum": ["on_top", "out_of"]}},
                    ),
                ]
            },
        },
    },
    "required": ["code", "name", "valid_from", "recognition", "components"],
    "additionalProperties": False,
}
