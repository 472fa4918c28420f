"""The three shipped plans (rules.md 6): loaded into the database as data; nothing computes from this module."""

from __future__ import annotations

from typing import Any

SHIPPED_PLANS: dict[str, dict[str, Any]] = {
    "perisai-2018": {
        "code": "perisai-2018",
        "name": "Perisai 2018",
        "valid_from": "2015-01",
        "recognition": "receipt",
        "components": [
            {"component": "flat_bonus", "amount": 500_000, "min_new": 50},
            {"component": "contribution_share", "bands": [{"from": 1, "to": 60, "rate": "7.5"}]},
            {"component": "host_override", "rate": "10", "mode": "out_of"},
        ],
    },
    "perisai-2022": {
        "code": "perisai-2022",
        "name": "Perisai 2022",
        "source": "Perdir 13/PERDIR.02/042022",
        "valid_from": "2015-01",
        "recognition": "receipt",
        "components": [
            {
                "component": "acquisition_fee",
                "amounts": {"JKK,JKM": 10_000, "JKK,JKM,JHT": 15_000},
                "min_new": 25,
            },
            {
                "component": "contribution_share",
                "bands": [{"from": 1, "to": 24, "rate": "15"}, {"from": 25, "to": 60, "rate": "5"}],
            },
            {"component": "host_override", "rate": "10", "mode": "on_top"},
        ],
    },
    "kader-penggerak": {
        "code": "kader-penggerak",
        "name": "Kader Penggerak",
        "valid_from": "2015-01",
        "recognition": "receipt",
        "components": [
            {"component": "acquisition_fee", "amounts": {"JKK,JKM": 5_000, "JKK,JKM,JHT": 5_000}},
            {
                "component": "rank_prize",
                "scope": "branch",
                "amounts": [500_000, 300_000, 200_000],
                "min_validated": 1,
            },
            {"component": "retention_bonus", "amounts": {"6": 2_500}},
        ],
    },
}
