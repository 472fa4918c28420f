"""Plan documents: schema, checks, hash, reading (rules.md 6)."""

import copy
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from portal.domain.errors import RuleBroken
from portal.domain.plan_schema import PLAN_SCHEMA
from portal.domain.plan_shipped import SHIPPED_PLANS
from portal.domain.plans import DEFAULT_TAX_OBJECT, check_plan, content_hash, rate_text, read_plan

VALIDATOR = Draft202012Validator(PLAN_SCHEMA)


def changed(code: str, /, **change: object) -> dict:
    return {**copy.deepcopy(SHIPPED_PLANS[code]), **change}


def share(*bands: tuple[int, int]) -> dict:
    listed = [{"from": first, "to": last, "rate": "5"} for first, last in bands]
    return changed("perisai-2022", components=[{"component": "contribution_share", "bands": listed}])


def test_the_schema_is_a_schema_and_every_shipped_plan_satisfies_it() -> None:
    Draft202012Validator.check_schema(PLAN_SCHEMA)
    assert list(SHIPPED_PLANS) == ["perisai-2018", "perisai-2022", "kader-penggerak"]
    for code, document in SHIPPED_PLANS.items():
        VALIDATOR.validate(document)
        check_plan(document)
        assert (document["code"], document["recognition"], document["valid_from"]) == (
            code,
            "receipt",
            "2015-01",
        )
        assert json.loads(json.dumps(document)) == document


@pytest.mark.parametrize(
    "document",
    [
        {},
        changed("perisai-2022", components=[]),
        changed("perisai-2022", recognition="cash"),
        changed("perisai-2022", code="a,b"),
        changed("perisai-2022", valid_from="2026-13"),
        changed("perisai-2022", surprise=1),
        changed("perisai-2022", components=[{"component": "luck", "amount": 1}]),
        changed("perisai-2022", components=[{"component": "host_override", "rate": 7.5, "mode": "on_top"}]),
        changed("perisai-2022", components=[{"component": "host_override", "rate": "101", "mode": "on_top"}]),
        changed("perisai-2022", components=[{"component": "flat_bonus", "amount": -1, "min_new": 0}]),
        changed("perisai-2022", components=[{"component": "retention_bonus", "amounts": {"61": 1}}]),
        share((0, 24)),
        share((1, 61)),
    ],
)
def test_what_is_no_plan_does_not_satisfy_the_schema(document: dict) -> None:
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (share((1, 24), (24, 60)), "plan.bands_overlap"),
        (share((25, 60), (1, 30)), "plan.bands_overlap"),
        (share((24, 1)), "plan.band_reversed"),
        (
            changed("perisai-2022", components=SHIPPED_PLANS["perisai-2022"]["components"] * 2),
            "plan.component_twice",
        ),
        (
            changed("kader-penggerak", components=SHIPPED_PLANS["kader-penggerak"]["components"] * 2),
            "plan.component_twice",
        ),
    ],
)
def test_what_the_schema_cannot_say_is_refused(document: dict, code: str) -> None:
    VALIDATOR.validate(document)
    with pytest.raises(RuleBroken) as caught:
        read_plan(document)
    assert caught.value.code == code


def test_a_rank_prize_may_stand_once_for_each_scope() -> None:
    prizes = [{"component": "rank_prize", "scope": scope, "amounts": [1]} for scope in ("branch", "nation")]
    plan = read_plan(changed("kader-penggerak", components=prizes))
    assert [(prize.scope, prize.min_validated) for prize in plan.prizes] == [("branch", 1), ("nation", 1)]


def test_the_hash_is_of_the_content_not_of_its_order() -> None:
    document = SHIPPED_PLANS["perisai-2022"]
    reordered = dict(reversed(list(document.items())))
    assert content_hash(reordered) == content_hash(document)
    assert content_hash(changed("perisai-2022", name="Lain")) != content_hash(document)
    assert len({content_hash(plan) for plan in SHIPPED_PLANS.values()}) == 3


def test_a_plan_names_the_tax_object_of_each_component() -> None:
    parts = [
        {"component": "flat_bonus", "amount": 1, "min_new": 1, "tax_object": "21-100-20"},
        {"component": "host_override", "rate": "10", "mode": "on_top"},
    ]
    plan = read_plan(changed("perisai-2018", components=parts))
    assert plan.tax_object("host_override") == DEFAULT_TAX_OBJECT
    assert plan.tax_object("adjustment") == plan.tax_object("flat_bonus") == "21-100-20"


def test_rates_are_written_plainly() -> None:
    assert [rate_text(Decimal(text)) for text in ("15", "7.5", "7.50", "10", "100", "0")] == [
        "15",
        "7.5",
        "7.5",
        "10",
        "100",
        "0",
    ]


@given(st.decimals(min_value=0, max_value=100, places=4))
def test_a_rate_survives_being_written(rate: Decimal) -> None:
    assert Decimal(rate_text(rate)) == rate
