"""The shipped contribution table: loaded into the database as data; nothing computes from this module.

The lowest bracket, the limits of JKK and the sums come from the sources that each part names; the brackets between are
to be compared with the official appendix (`portal contributions load` stores a corrected table, with the day it was
checked on).
"""

from __future__ import annotations

from typing import Any

_LOWER = (
    (0, 1_099_000, 1_000_000),
    (1_100_000, 1_299_000, 1_200_000),
    (1_300_000, 1_499_000, 1_400_000),
    (1_500_000, 1_699_000, 1_600_000),
    (1_700_000, 1_899_000, 1_800_000),
    (1_900_000, 2_199_000, 2_000_000),
    (2_200_000, 2_699_000, 2_450_000),
)
# From here on steps of half a million, with the middle as base, up to the highest bracket.
_STEPS = tuple((start, start + 499_000, start + 250_000) for start in range(2_700_000, 20_200_000, 500_000))
_TOP = (20_200_000, None, 20_700_000)
_RELIEF: dict[str, Any] = {
    "source": "PP 50/2025",
    "programmes": ["JKK", "JKM"],
    "payers": ["mandiri", "donatur"],
    "percent": "50",
}

SHIPPED_TABLE: dict[str, Any] = {
    "valid_from": "2025-08",
    "source": "PP 44/2015; PP 46/2015; PP 49/2023",
    "brackets": [{"from": first, "to": last, "base": base} for first, last, base in (*_LOWER, *_STEPS, _TOP)],
    "rates": {"JKK": "1", "JHT": "2"},
    "JKM": 6_800,
    "reliefs": [
        {**_RELIEF, "code": "pp-50-2025-transport", "sector": "transport", "from": "2026-01", "until": "2027-03"},
        {**_RELIEF, "code": "pp-50-2025-other", "sector": "other", "from": "2026-04", "until": "2026-12"},
    ],
    "months_ahead": [1, 2, 3, 6, 12],
    "age": {"below": 65},
    "example_income": 2_000_000,
    "benefits": {
        "JKK": {
            "source": "PP 44/2015; PP 82/2019",
            "wage_full_months": 12,
            "wage_later_percent": "50",
            "disability_wages": 56,
            "death_wages": 48,
        },
        "JKM": {
            "source": "PP 82/2019; Permenaker 1/2025",
            "sum": 42_000_000,
            "waiting_months": 3,
            "sum_while_waiting": 10_000_000,
        },
        "JHT": {"source": "PP 46/2015", "age": 56},
        "scholarship": {"source": "PP 82/2019", "sum": 174_000_000, "children": 2, "after_months": 36},
    },
}  # fmt: skip
