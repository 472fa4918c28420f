"""What plans pay, read from their documents and the rules alone; imports nothing of the portal."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

BRACKETS = ((60_000_000, 5), (250_000_000, 15), (500_000_000, 25), (5_000_000_000, 30), (None, 35))
TWO, THREE = "JKK,JKM", "JKK,JKM,JHT"
PAYERS = ["mandiri", "donatur", "pemerintah"]

# The shipped plans, copied from the rules by hand.
SHIPPED = {
    "perisai-2018": {
        "recognition": "receipt",
        "components": [
            {"component": "flat_bonus", "amount": 500_000, "min_new": 50},
            {"component": "contribution_share", "bands": [{"from": 1, "to": 60, "rate": "7.5"}]},
            {"component": "host_override", "rate": "10", "mode": "out_of"},
        ],
    },
    "perisai-2022": {
        "recognition": "receipt",
        "components": [
            {"component": "acquisition_fee", "amounts": {TWO: 10_000, THREE: 15_000}, "min_new": 25},
            {
                "component": "contribution_share",
                "bands": [{"from": 1, "to": 24, "rate": "15"}, {"from": 25, "to": 60, "rate": "5"}],
            },
            {"component": "host_override", "rate": "10", "mode": "on_top"},
        ],
    },
    "kader-penggerak": {
        "recognition": "receipt",
        "components": [
            {"component": "acquisition_fee", "amounts": {TWO: 5_000, THREE: 5_000}},
            {"component": "rank_prize", "scope": "branch", "amounts": [500_000, 300_000, 200_000]},
            {"component": "retention_bonus", "amounts": {"6": 2_500}},
        ],
    },
}


@dataclass
class Facts:
    """What is known now of one cadre's earned month."""

    packs: dict = field(default_factory=lambda: defaultdict(int))  # pack -> new participants
    counting: set = field(default_factory=set)  # workers that count for min_new
    paid: list = field(default_factory=list)  # (number, payer, rupiah) of the contributions earned in it
    reached: dict = field(default_factory=lambda: defaultdict(int))  # number -> participants reaching it


def half_up(base: int, rate: str) -> int:
    sign = -1 if base < 0 else 1
    return sign * int((Decimal(abs(base)) * Decimal(rate) / 100).quantize(Decimal(1), ROUND_HALF_UP))


def plan_lines(plan: dict, facts: Facts) -> dict[tuple[str, str], tuple]:
    """Return (base, rate, count, amount) by component and band; prizes and the host's part are computed elsewhere."""
    lines, new = {}, len(facts.counting)
    payers = plan.get("payer_types", PAYERS)
    for part in plan["components"]:
        name = part["component"]
        if name == "acquisition_fee":
            reached = new >= part.get("min_new", 0)
            for pack, each in part["amounts"].items():
                count = facts.packs[pack]
                band = pack.replace(",", "+")
                lines[name, band] = (None, str(each), count, each * count if reached else 0)
        elif name == "flat_bonus":
            amount = part["amount"] if new >= part["min_new"] else 0
            lines[name, ""] = (None, str(part["amount"]), new, amount)
        elif name == "contribution_share":
            for band in part["bands"]:
                within = [
                    rupiah
                    for number, payer, rupiah in facts.paid
                    if band["from"] <= number <= band["to"] and payer in payers
                ]
                key = (name, f"{band['from']}-{band['to']}")
                lines[key] = (sum(within), band["rate"], len(within), half_up(sum(within), band["rate"]))
        elif name == "retention_bonus":
            for number, each in part["amounts"].items():
                count = facts.reached[int(number)]
                lines[name, number] = (None, str(each), count, each * count)
    return lines


def override(plan: dict) -> dict | None:
    return next((part for part in plan["components"] if part["component"] == "host_override"), None)


def host_base(lines: dict) -> int:
    own = {"acquisition_fee", "flat_bonus", "contribution_share"}
    return sum(line[3] for (component, _), line in lines.items() if component in own)


def prizes_of(plan: dict):
    return [part for part in plan["components"] if part["component"] == "rank_prize"]


def tax_on(taxable: int, valid: bool) -> int:
    base, tax, floor = Fraction(taxable, 2), Fraction(0), 0
    for limit, rate in BRACKETS:
        top = base if limit is None else min(base, limit)
        if top > floor:
            tax += (top - floor) * rate / 100
        floor = limit or 0
        if limit is None or base <= limit:
            break
    return int(tax * (Fraction(1) if valid else Fraction(6, 5)))
