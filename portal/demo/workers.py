"""The workers who sign up: who they are, what they pay, and their rows in the agency's extracts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Final

from portal.demo.agency import draw_birth, extract_row, make_nik
from portal.demo.calendar import Calendar
from portal.demo.geography import list_districts
from portal.demo.names import OCCUPATIONS, draw_culture, draw_name
from portal.demo.people import Member
from portal.domain.months import add_months, first_day, last_day, month_of, next_month

_PACKS: Final = (("JKK,JKM", 3), ("JKK,JKM,JHT", 5))
_BASES: Final = ((1_000_000, 16), (1_200_000, 3), (1_400_000, 2), (2_000_000, 1))
_JKM: Final = 6_800
_RELIEF: Final = ("2026-04", "2026-12")  # half of JKK and JKM (PP 50/2025), except where the state pays
_KINDS: Final = (
    ("monthly", 640),
    ("quits", 110),
    ("prepaid", 60),
    ("donor", 50),
    ("late_payer", 25),
    ("unpaid", 25),
    ("unknown", 35),
    ("other_birth", 12),
    ("by_card", 12),
    ("member", 16),
    ("returning", 15),
)
_SERIALS: Final = 9_999
_Paid = tuple[str, date, str]  # month, day, payer
AgencyRow = tuple[int, dict[str, str]]  # the number of the extract it stands in, the row


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker as the sign-up form has them; `kind` is how their story continues."""

    kind: str
    name: str
    nik: str
    birth: date
    phone: str | None
    kpj: str | None
    occupation: str
    pack: str


@dataclass(frozen=True, slots=True)
class Payment:
    """A contribution month paid; without a month, a registration without a payment."""

    blth: str
    paid_on: date
    amount: int
    payer: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A worker's membership as the agency has it: since when, and what is paid."""

    registered: date
    payments: list[Payment]


class Register:
    """The agency's side: gives out card numbers and serials, so that no two workers share a number."""

    def __init__(self) -> None:
        self.cards = 0
        self._serials: dict[str, int] = {}

    def next_nik(self, member: Member, birth: date, *, woman: bool) -> str:
        """Return a NIK of one of the city's districts; serials are given out once."""
        count = self._serials.get(member.branch.code, 0)
        self._serials[member.branch.code] = count + 1
        districts = list_districts(member.branch.region_code)
        # Within one round of serials any district may issue; the next round moves on to the next district.
        district = districts[(count * 7 + count // _SERIALS) % len(districts)]
        return make_nik(district, birth, count % _SERIALS + 1, woman=woman)

    def next_card(self) -> str:
        """Return a card number."""
        self.cards += 1
        return f"26{self.cards:09}"


def draw_worker(plan: Random, own: Random, member: Member, register: Register) -> Worker:
    """Draw a worker: the story from the plan's random generator, the person from the cadre's own."""
    kind = plan.choices([kind for kind, _ in _KINDS], [weight for _, weight in _KINDS])[0]
    pack = plan.choices([pack for pack, _ in _PACKS], [weight for _, weight in _PACKS])[0]
    woman = own.random() < 0.5
    birth = draw_birth(own, 1965, 2006)
    return Worker(
        kind=kind,
        name=draw_name(own, draw_culture(own, member.branch.mix), woman=woman),
        nik=register.next_nik(member, birth, woman=woman),
        birth=birth,
        phone=f"+628{own.choice(('12', '13', '21', '52', '78', '95'))}{own.randrange(10**7, 10**8)}"
        if own.random() < 0.85
        else None,
        kpj=register.next_card(),
        occupation=own.choice(OCCUPATIONS),
        pack=pack,
    )


def dues(pack: str, base: int, blth: str, payer: str) -> int:
    """Return what is due for one month: JKK 1 % and JHT 2 % of the base, JKM flat, with the relief of 2026."""
    risk = base // 100 + _JKM
    if payer != "pemerintah" and _RELIEF[0] <= blth <= _RELIEF[1]:
        risk //= 2
    return risk + (base // 50 if pack.endswith("JHT") else 0)


def draw_membership(plan: Random, worker: Worker, reported: date, calendar: Calendar) -> Membership:
    """Draw when a worker was first registered and what they pay until the demo ends."""
    base = plan.choices([base for base, _ in _BASES], [weight for _, weight in _BASES])[0]
    registered = reported + timedelta(days=plan.choice((0, 0, 0, 0, 1, 1, 2, 3, 5)))
    first = registered + timedelta(days=plan.choice((0, 0, 0, 1, 2)))
    kind = worker.kind
    paid: list[_Paid] = []
    if kind == "unpaid":
        return Membership(registered, [])
    if kind == "late_payer":
        first = last_day(month_of(reported)) + timedelta(days=plan.randrange(1, 20))
    if kind == "member":
        registered = reported - timedelta(days=plan.randrange(200, 700))
        before = reported - timedelta(days=plan.randrange(12, 70))
        paid.append((month_of(before), before, "mandiri"))
    if kind == "returning":
        registered = reported - timedelta(days=plan.randrange(500, 1400))
    pay = _WAYS_OF_PAYING.get(kind, _by_month)
    paid += pay(plan, first, calendar)
    payments = {
        blth: Payment(blth, day, dues(worker.pack, base, blth, payer), payer)
        for blth, day, payer in reversed(paid)
    }
    return Membership(registered, sorted(payments.values(), key=lambda one: (one.paid_on, one.blth)))


def _given(plan: Random, first: date, calendar: Calendar) -> list[_Paid]:
    """Let a donor pay two months; some go on by themselves."""
    start = month_of(first)
    paid = [(start, first, "donatur"), (next_month(start), first, "donatur")]
    if plan.random() < 0.45:
        paid += _monthly(plan, add_months(start, 2), 0.9, calendar)
    return paid


def _ahead(plan: Random, first: date, calendar: Calendar) -> list[_Paid]:
    """Pay several months at once, then month by month."""
    ahead = plan.choice((3, 3, 6, 12))
    start = month_of(first)
    paid = [(add_months(start, n), first, "mandiri") for n in range(ahead)]
    return paid + _monthly(plan, add_months(start, ahead), 0.95, calendar)


def _by_month(plan: Random, first: date, calendar: Calendar, *, quits: bool = False) -> list[_Paid]:
    """Pay month by month, most workers reliably; those who quit seldom pay more than one month."""
    payer = "pemerintah" if plan.random() < 0.02 else "mandiri"
    usual = plan.choice((0.97, 0.97, 0.97, 0.7))
    later = _monthly(plan, next_month(month_of(first)), 0.3 if quits else usual, calendar, lasts=quits)
    return [(month_of(first), first, payer), *later]


_WAYS_OF_PAYING: Final[dict[str, Callable[[Random, date, Calendar], list[_Paid]]]] = {
    "donor": _given,
    "prepaid": _ahead,
    "quits": partial(_by_month, quits=True),
}


def _monthly(
    plan: Random, start: str, stays: float, calendar: Calendar, *, lasts: bool = False
) -> list[_Paid]:
    """Pay month by month; those who quit (`lasts`) never come back, others skip a month now and then."""
    paid = []
    for month in calendar.months:
        if month < start:
            continue
        day = first_day(month) + timedelta(days=plan.randrange(25))
        if plan.random() < stays:
            paid.append((month, day, "mandiri"))
        elif lasts:
            break
    return [one for one in paid if one[1] <= calendar.last_day]


def extract_rows(
    worker: Worker,
    membership: Membership,
    reported: date,
    known_at: datetime,
    calendar: Calendar,
    branch: str,
) -> list[AgencyRow]:
    """Return the agency's rows of a worker as (number of the extract, row)."""
    if worker.kind == "unknown":
        return []
    seen = replace(worker, birth=_shifted(worker.birth)) if worker.kind == "other_birth" else worker
    person = {
        "nik": seen.nik,
        "kpj": seen.kpj or "",
        "name": seen.name.upper(),
        "birth": seen.birth,
        "pack": seen.pack,
        "registered": membership.registered,
        "branch": branch,
    }
    found = []
    for one in membership.payments:
        number = calendar.reaching(one.paid_on, reported, known_at)
        if number is not None:
            paid = {"blth": one.blth, "paid": one.paid_on, "amount": one.amount, "payer": one.payer}
            found.append((number, extract_row(**person, **paid)))
    opening = calendar.reaching(membership.registered, reported, known_at)
    if opening is not None and all(number > opening for number, _ in found):
        found.append((opening, extract_row(**person)))
    return found


def _shifted(birth: date) -> date:
    """Return a birth date as somebody mistyped it."""
    return birth.replace(year=birth.year + 1, day=min(birth.day, 28))


def reported_as(worker: Worker, own: Random) -> tuple[str, str | None]:
    """Return NIK and card number as the cadre typed them: with `by_card` the NIK is wrong and the card right."""
    if worker.kind == "by_card":
        # A district that does not exist keeps the mistyped number from belonging to somebody else.
        return f"{worker.nik[:4]}99{worker.nik[6:]}", worker.kpj
    return worker.nik, worker.kpj if own.random() < 0.1 else None
