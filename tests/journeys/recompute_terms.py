"""The terms of the plain recomputation: points, months, sign-ups and contributions; imports nothing of the portal."""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

POINTS = {
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
}
RETENTION = {3: 20, 6: 30, 12: 50}
THREE_DAYS = timedelta(days=3)


def day(text: str) -> date:
    return date(*map(int, reversed(text.split("/")))) if "/" in text else date.fromisoformat(text)


def plus(month: str, n: int) -> str:
    total = int(month[:4]) * 12 + int(month[5:]) - 1 + n
    return f"{total // 12:04}-{total % 12 + 1:02}"


def months_before(when: date, n: int) -> date:
    month = plus(str(when)[:7], -n)
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, min(when.day, calendar.monthrange(year, number)[1]))


class Paid(NamedTuple):
    """One contribution month as it stands."""

    blth: str
    paid: date
    amount: int
    payer: str
    pack: str


@dataclass
class Claim:
    """A sign-up; `person` is the NIK by which the agency knows the worker, once found."""

    ref: str
    cadre: str
    reported: date
    nik: str
    birth: date
    row: dict
    kpj: str = ""
    history: bool = False
    floor: str = ""
    state: str = "reported"
    person: str = ""
    by_hand: str = ""  # the verdict when a person chose the worker
    outcome: str = ""
    earned: date | None = None
    withdrawn: str = ""
    beaten: list[date] = field(default_factory=list)
    retained: set = field(default_factory=set)
