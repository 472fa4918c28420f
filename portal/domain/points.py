"""What earns points, how many, and on which day (rules.md 1.2 and 3)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from portal.domain.errors import RuleBroken
from portal.domain.months import first_day, month_of

PACKS = ("JKK,JKM", "JKK,JKM,JHT")
ACTIVITY_TYPES = (
    "mass_meeting",
    "market_visit",
    "community_meeting",
    "religious_meeting",
    "base_visit",
    "farmer_group",
    "stand",
    "door_to_door",
    "radio",
    "renewal_visit",
)
RETENTION_MONTHS = (3, 6, 12)

# The shipped rule set: loaded into the database as data; nothing computes from this constant.
DEFAULT_RULES: dict[str, Any] = {
    "activities": {
        "mass_meeting": 25,
        "market_visit": 20,
        "community_meeting": 20,
        "religious_meeting": 15,
        "base_visit": 15,
        "farmer_group": 15,
        "stand": 15,
        "door_to_door": 10,
        "radio": 10,
        "renewal_visit": 10,
    },
    "activities_per_day": 3,
    "signup": {"JKK,JKM": 50, "JKK,JKM,JHT": 75},
    "retention": {"3": 20, "6": 30, "12": 50},
    "training": 25,
    "badge": {},
    "fraud": -50,
}
# In force before the first version: nothing earns, since no rule applies before its day (rules.md 1.2).
NO_RULES: dict[str, Any] = {
    "activities": dict.fromkeys(ACTIVITY_TYPES, 0),
    "activities_per_day": 0,
    "signup": dict.fromkeys(PACKS, 0),
    "retention": {},
    "training": 0,
    "badge": {},
    "fraud": 0,
}

BASE_KINDS = (
    "activity",
    "signup",
    "retention_3",
    "retention_6",
    "retention_12",
    "training",
    "badge",
    "fraud",
)
LONGEST_SOURCE = 80  # as the ledger stores it
REVERSAL_SUFFIX = "_reversal"
REVERSAL_KINDS = tuple(kind + REVERSAL_SUFFIX for kind in BASE_KINDS)
KINDS = BASE_KINDS + REVERSAL_KINDS

_ORDER = {"JKK": 0, "JKM": 1, "JHT": 2}


def parse_pack(text: str) -> str:
    """Read a programme pack in any order, case and separator; raise RuleBroken("pack.unknown")."""
    words = text.upper().replace("+", ",").replace(";", ",").replace("/", ",").replace(" ", ",").split(",")
    named = {word for word in words if word}
    pack = ",".join(sorted(named, key=lambda word: (_ORDER.get(word, 9), word)))
    if pack not in PACKS:
        raise RuleBroken("pack.unknown", {"text": text[:40]})
    return pack


def pack_band(pack: str) -> str:
    """Name a pack for use where commas separate fields: JKK+JKM+JHT."""
    return pack.replace(",", "+")


def activity_source(ref: str) -> str:
    """Name an activity as the source of ledger entries (rules.md 7.1)."""
    return f"activity:{ref}"


def signup_source(ref: str) -> str:
    """Name a sign-up as the source of ledger entries."""
    return f"signup:{ref}"


def badge_source(badge: str, cadre: str) -> str:
    """Name a badge as the source of a ledger entry, by its code and the cadre's; a very long one by its hash."""
    source = f"badge:{badge}:{cadre}"
    if len(source) <= LONGEST_SOURCE:
        return source
    return f"badge:{badge}:{hashlib.sha256(cadre.encode()).hexdigest()[:40]}"


def activity_points(rules: Mapping[str, Any], activity_type: str) -> int:
    """Give the points of an approved activity; raise RuleBroken("activity.unknown_type")."""
    points = rules["activities"].get(activity_type)
    if points is None:
        raise RuleBroken("activity.unknown_type", {"type": activity_type})
    return int(points)


def activities_per_day(rules: Mapping[str, Any]) -> int:
    """Return how many approved activities of a local date earn (slots 1 to this number)."""
    return int(rules["activities_per_day"])


def free_slot(rules: Mapping[str, Any], taken: Collection[int]) -> int | None:
    """Return the slot in which a further approved activity of a cadre's local date earns (rules.md 3.2).

    It is the lowest one that is not taken; None if all of the day's earning slots are: then it earns no points.
    """
    return next((slot for slot in range(1, activities_per_day(rules) + 1) if slot not in taken), None)


def signup_points(rules: Mapping[str, Any], pack: str) -> int:
    """Give the points of a validated new sign-up by the extract's pack; raise RuleBroken("pack.unknown")."""
    points = rules["signup"].get(pack)
    if points is None:
        raise RuleBroken("pack.unknown", {"text": pack})
    return int(points)


def retention_points(rules: Mapping[str, Any], n: int) -> int:
    """Return the points for reaching contribution month n; 0 if n is no step of the rule set."""
    return int(rules["retention"].get(str(n), 0))


def retention_kind(n: int) -> str:
    """Name the ledger kind of a retention step: retention_3, retention_6, retention_12."""
    if n not in RETENTION_MONTHS:
        raise ValueError(n)
    return f"retention_{n}"


def fraud_points(rules: Mapping[str, Any]) -> int:
    """Return the additional negative points of a sign-up withdrawn for fraud."""
    return int(rules["fraud"])


def reversal_kind(kind: str) -> str:
    """Name the kind that reverses an entry; a reversal itself cannot be reversed."""
    if kind not in BASE_KINDS:
        raise ValueError(kind)
    return kind + REVERSAL_SUFFIX


def earned_on_contribution(recognition: str, paid_on: date, blth: str, reported_on: date) -> date:
    """Return a contribution's earned date, never before the sign-up's local date (rules.md 1.2).

    ``receipt``: the payment date. ``coverage``: the first day of the month it covers.
    """
    if recognition not in {"receipt", "coverage"}:
        raise ValueError(recognition)
    return max(paid_on if recognition == "receipt" else first_day(blth), reported_on)


def months_of_contribution(paid_on: date, blth: str, reported_on: date) -> set[str]:
    """List every month whose lines a counted contribution can add to or change: by receipt, coverage, retention."""
    days = [earned_on_contribution(how, paid_on, blth, reported_on) for how in ("receipt", "coverage")]
    days.append(earned_on_retention(first_day(blth), paid_on))
    return {month_of(day) for day in days}


def earned_on_retention(blth_first_day: date, paid_on: date) -> date:
    """Return a retention step's earned date: its coverage, but never before it was paid (rules.md 1.2)."""
    return max(blth_first_day, paid_on)
