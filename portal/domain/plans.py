"""Incentive plans as data: reading a document, the checks that its schema cannot express, its hash (rules.md 6)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from portal.domain.digest import check_code
from portal.domain.errors import RuleBroken
from portal.domain.plan_schema import PAYER_TYPES, PLAN_SCHEMA
from portal.domain.plan_shipped import SHIPPED_PLANS

__all__ = [
    "PAYER_TYPES",
    "PLAN_SCHEMA",
    "SHIPPED_PLANS",
    "Plan",
    "check_plan",
    "content_hash",
    "parse_document",
    "rate_text",
    "read_plan",
]

DEFAULT_TAX_OBJECT = "21-100-23"  # finds customers or acts as intermediary; the tax adviser may say otherwise


@dataclass(frozen=True, slots=True)
class AcquisitionFee:
    """An amount per new participant by pack, from ``min_new`` new participants on."""

    amounts: Mapping[str, int]
    min_new: int = 0


@dataclass(frozen=True, slots=True)
class FlatBonus:
    """One amount from ``min_new`` new participants on."""

    amount: int
    min_new: int


@dataclass(frozen=True, slots=True)
class ShareBand:
    """A percentage of contribution months ``first`` to ``last``."""

    first: int
    last: int
    rate: Decimal

    @property
    def name(self) -> str:
        """Name the band: 1-24."""
        return f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class ContributionShare:
    """Percentages of the month's contributions by band."""

    bands: tuple[ShareBand, ...]


@dataclass(frozen=True, slots=True)
class RankPrize:
    """Amounts for ranks 1 to k in a scope."""

    scope: str
    amounts: tuple[int, ...]
    min_validated: int = 1


@dataclass(frozen=True, slots=True)
class RetentionBonus:
    """An amount per participant who reaches contribution month n."""

    amounts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class BadgeBonus:
    """An amount per badge earned."""

    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class HostOverride:
    """The host body's percentage, on top of the cadre's amount or out of it."""

    rate: Decimal
    mode: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan document, read once: rates as Decimal, amounts in rupiah."""

    code: str
    recognition: str = "receipt"
    payer_types: frozenset[str] = frozenset(PAYER_TYPES)
    fee: AcquisitionFee | None = None
    bonus: FlatBonus | None = None
    share: ContributionShare | None = None
    prizes: tuple[RankPrize, ...] = ()
    retention: RetentionBonus | None = None
    badges: BadgeBonus | None = None
    host: HostOverride | None = None
    tax_objects: Mapping[str, str] = field(
        default_factory=dict
    )  # component -> object, in the document's order

    def tax_object(self, component: str) -> str:
        """Return the tax object of a component's lines; adjustments and the like take the first one."""
        first = next(iter(self.tax_objects.values()), DEFAULT_TAX_OBJECT)
        return self.tax_objects.get(component, first)


def parse_document(text: str) -> Any:
    """Parse the text of a document; raise RuleBroken("plans.no_json") with the place if it is not JSON."""
    try:
        return json.loads(text, parse_constant=_refuse_number)
    except json.JSONDecodeError as problem:
        place = f"{problem.lineno}:{problem.colno}"
        raise RuleBroken("plans.no_json", {"place": place}) from problem
    except (RecursionError, ValueError) as problem:  # endless nesting, endless numbers, NaN
        raise RuleBroken("plans.unreadable") from problem


def _refuse_number(text: str) -> None:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(text)


def content_hash(document: Mapping[str, Any]) -> str:
    """Hash a plan document: SHA-256 of its JSON with sorted keys, no blanks, in UTF-8."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


@lru_cache(maxsize=256)
def rate_text(rate: Decimal) -> str:
    """Write a percentage plainly: 15, 7.5, 10."""
    return f"{rate.normalize():f}"


def check_plan(document: Mapping[str, Any]) -> None:
    """Check what the schema cannot express, of a document that satisfies it.

    Raises RuleBroken "plan.component_twice" (component; rank prizes once per scope), "plan.band_reversed" or
    "plan.bands_overlap" (first, last).
    """
    names = Counter(f"{part['component']} {part.get('scope', '')}".strip() for part in document["components"])
    for name, times in names.items():
        if times > 1:
            raise RuleBroken("plan.component_twice", {"component": name})
    for part in document["components"]:
        if part["component"] == "contribution_share":
            _check_bands([(band["from"], band["to"]) for band in part["bands"]])


def _check_bands(bands: list[tuple[int, int]]) -> None:
    reached = 0
    for first, last in sorted(bands):
        if last < first:
            raise RuleBroken("plan.band_reversed", {"first": first, "last": last})
        if first <= reached:
            raise RuleBroken("plan.bands_overlap", {"first": first, "last": last})
        reached = last


def read_plan(document: Mapping[str, Any]) -> Plan:
    """Read a document that satisfies PLAN_SCHEMA into a Plan; raises what check_plan raises."""
    check_plan(document)
    parts = {part["component"]: part for part in document["components"] if part["component"] != "rank_prize"}
    fee, bonus = parts.get("acquisition_fee"), parts.get("flat_bonus")
    share, host = parts.get("contribution_share"), parts.get("host_override")
    retention, badges = parts.get("retention_bonus"), parts.get("badge_bonus")
    default = document.get("tax_object", DEFAULT_TAX_OBJECT)
    return Plan(
        code=check_code(document["code"]),
        recognition=document["recognition"],
        payer_types=frozenset(document.get("payer_types", PAYER_TYPES)),
        fee=AcquisitionFee(MappingProxyType(dict(fee["amounts"])), fee.get("min_new", 0)) if fee else None,
        bonus=FlatBonus(bonus["amount"], bonus["min_new"]) if bonus else None,
        share=_read_share(share) if share else None,
        prizes=tuple(
            RankPrize(part["scope"], tuple(part["amounts"]), part.get("min_validated", 1))
            for part in document["components"]
            if part["component"] == "rank_prize"
        ),
        retention=_read_retention(retention) if retention else None,
        badges=BadgeBonus(MappingProxyType(dict(sorted(badges["amounts"].items())))) if badges else None,
        host=HostOverride(Decimal(host["rate"]), host["mode"]) if host else None,
        tax_objects=MappingProxyType(
            {part["component"]: part.get("tax_object", default) for part in document["components"]}
        ),
    )


def _read_share(part: Mapping[str, Any]) -> ContributionShare:
    bands = (ShareBand(band["from"], band["to"], Decimal(band["rate"])) for band in part["bands"])
    return ContributionShare(tuple(sorted(bands, key=lambda band: band.first)))


def _read_retention(part: Mapping[str, Any]) -> RetentionBonus:
    amounts = sorted((int(n), amount) for n, amount in part["amounts"].items())
    return RetentionBonus(MappingProxyType(dict(amounts)))
