"""The plans of the rich worlds: small thresholds, both modes of a host body, both ways of recognising."""

from worlds import THREE, TWO


def plan_on_top(first: str, min_new: int, rate: str) -> dict:
    return {
        "code": "dunia-atas",
        "name": "Dunia di atas",
        "valid_from": first,
        "recognition": "receipt",
        "components": [
            {"component": "acquisition_fee", "amounts": {TWO: 10_000, THREE: 15_000}, "min_new": min_new},
            {"component": "flat_bonus", "amount": 100_000, "min_new": min_new + 1},
            {
                "component": "contribution_share",
                "bands": [
                    {"from": 1, "to": 3, "rate": rate},
                    {"from": 4, "to": 24, "rate": "15"},
                    {"from": 25, "to": 60, "rate": "5"},
                ],
            },
            {"component": "retention_bonus", "amounts": {"2": 7_000, "4": 10_000}},
            {"component": "rank_prize", "scope": "branch", "amounts": [300_001, 200_000]},
            {"component": "rank_prize", "scope": "nation", "amounts": [70_000], "min_validated": 2},
            {"component": "host_override", "rate": "7.5", "mode": "on_top"},
        ],
    }


def plan_out_of(first: str) -> dict:
    return {
        "code": "dunia-dari",
        "name": "Dunia dari",
        "valid_from": first,
        "recognition": "coverage",
        "payer_types": ["mandiri"],
        "components": [
            {"component": "flat_bonus", "amount": 50_000, "min_new": 3},
            {
                "component": "contribution_share",
                "bands": [{"from": 1, "to": 24, "rate": "10"}, {"from": 25, "to": 60, "rate": "2.5"}],
            },
            {"component": "rank_prize", "scope": "region", "amounts": [90_000, 50_000]},
            {"component": "host_override", "rate": "12.5", "mode": "out_of"},
        ],
    }
