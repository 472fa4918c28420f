"""The cadres of the demo: branches, host bodies, accounts without passwords, terms and bank accounts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final, cast

from sqlalchemy import Table, select

from portal import vault
from portal.accounts.models import User
from portal.accounts.services.passwords import hash_password
from portal.cadres.models import BankAccount, Cadre, CadreTerm
from portal.cadres.queries.bank_accounts import seal_account
from portal.config import DEMO_PASSWORD
from portal.database import bulk
from portal.database.extensions import db
from portal.demo.accounts import CADRE, CANDIDATE_NUMBER, account_at
from portal.demo.agency import draw_birth, make_nik
from portal.demo.certificates import certificate_days
from portal.demo.geography import BranchPlan, list_districts, list_near_villages, list_reached
from portal.demo.names import draw_culture, draw_name
from portal.organisation.models import Branch, HostBody

USERS = cast("Table", User.__table__)
CADRES = cast("Table", Cadre.__table__)
TERMS = cast("Table", CadreTerm.__table__)
ACCOUNTS = cast("Table", BankAccount.__table__)
FROM_THE_BEGINNING: Final = "0000-00"

# The first cadres of Palembang, with the given names of women first; their number is their place in this list.
_CAST: Final = (
    (CADRE.name, True),
    ("Nyimas Rohani", True),
    ("Evi Susanti", True),
    ("Kemas Ridho", False),
    ("Herman Sawiran", False),
    ("Masayu Aisyah", True),
    ("Hendra Saputra", False),
    ("Dedi Irawan", False),
    ("Yuniarti", True),
    ("Leni Oktavia", True),
    ("Rusdi Hamzah", False),
    ("Fitriani", True),
    ("Abdul Kadir", False),
    ("Sri Wahyuni", True),
    ("Masayu Nurlaila", True),
    ("Bambang Hadi", False),
)
_STRENGTHS: Final = {0: 3.7, 1: 4.4, 2: 3.7, 3: 3.7, 4: 2.9, 5: 1.7, 8: 1.1, 12: 0.2, 14: 1.1}
# Who does the same as another cadre and so shares the rank: for this many months from the first, or always.
TWINS: Final = {3: (2, 3), 14: (8, 999)}
# Who reported in the first month only and brought nobody, by branch; the last one of Palembang is suspended for it.
IDLE: Final = {CADRE.place: (10, 11, 13), "P00": (3,)}
_MAKASSAR_STAR: Final = 6.6  # enough for the flat bonus of perisai-2018
SUSPENDED: Final = 12
NO_ACCOUNT: Final = 8
UNVERIFIED: Final = 9
_BANKS: Final = (
    ("002", 15, 4),
    ("120", 10, 4),
    ("008", 13, 2),
    ("451", 10, 2),
)  # BRI, Sumsel Babel, Mandiri, BSI


@dataclass(slots=True)
class Member:
    """A cadre of the demo, with what the story needs; some stop after so many months."""

    code: str
    name: str
    woman: bool
    branch: BranchPlan
    number: int
    birth: date
    nik: str
    phone: str
    joined: date
    strength: float
    works: bool
    district: str
    twin: str = ""
    twin_months: int = 0
    stops_after: int | None = None
    id: int = 0
    user_id: int = 0
    branch_id: int = 0
    reviewer_id: int = 0


def share_out(branches: list[BranchPlan], cadres: int) -> list[int]:
    """Say how many cadres each branch gets, by share; the numbers add up to all of them."""
    total = sum(branch.share for branch in branches)
    counts = [cadres * branch.share // total for branch in branches]
    counts[0] += cadres - sum(counts)
    return counts


def make_members(branches: list[BranchPlan], cadres: int, seed: int, start: date) -> list[Member]:
    """Make the cadres, branch by branch; the same seed makes the same ones."""
    members: list[Member] = []
    for branch, count in zip(branches, share_out(branches, cadres), strict=True):
        for number in range(count):
            rng = Random(f"{seed}/cadre/{branch.code}/{number}")
            members.append(_make_member(rng, branch, number, len(members), start))
    return members


def _make_member(rng: Random, branch: BranchPlan, number: int, position: int, start: date) -> Member:
    story = branch.code == CADRE.place and number < len(_CAST)
    woman = rng.random() < 0.55
    name = draw_name(rng, draw_culture(rng, branch.mix), woman=woman)
    strength = rng.choices((3.0, 1.3, 0.6, 0.15), (1, 3, 4, 2))[0]
    candidate = rng.random() < 0.02
    if story:
        name, woman = _CAST[number]
        strength, candidate = _STRENGTHS.get(number, min(strength, 1.3)), number == CANDIDATE_NUMBER
    elif branch.code == "P00" and number == 0:
        strength, candidate = _MAKASSAR_STAR, False
    idle = number in IDLE.get(branch.code, ())
    if idle:
        strength, candidate = 0.0, False
    twin, twin_months = TWINS.get(number, (0, 0)) if story else (0, 0)
    birth = draw_birth(rng, 1968, 2001)
    districts = list_districts(branch.region_code)
    district = rng.choice(districts)
    return Member(
        code=f"{branch.code}-{number + 1:04}",
        name=name,
        woman=woman,
        branch=branch,
        number=number,
        birth=birth,
        nik=make_nik(district, birth, number % 9999 + 1, woman=woman),
        phone=f"+62812{(71_344_190 + position * 7_919) % 100_000_000:08}",
        joined=start - timedelta(days=rng.randrange(30, 900)),
        strength=strength,
        works=not candidate,
        district=district,
        twin=f"{branch.code}-{twin + 1:04}" if twin_months else "",
        twin_months=twin_months,
        stops_after=1 if idle else None,
    )


def store_members(
    members: list[Member], *, finance: int, checker: int, seed: int, at: datetime, today: date
) -> None:
    """Store accounts, cadres, first terms and bank accounts, and set the ids in the members; `today`: the last day."""
    branches = {row.code: row.id for row in db.session.execute(select(Branch.code, Branch.id))}
    hosts = {row.code: row.id for row in db.session.execute(select(HostBody.code, HostBody.id))}
    for member in members:
        member.branch_id = branches[member.branch.code]
    names = ("name", "email", "password_hash", "must_change_password", "role", "scope", "branch_id")
    more = ("is_active", "locale", "theme", "created_at", "version")
    bulk.fill(USERS, (*names, *more), (_user_row(member, at) for member in members))
    ids = {row.email: row.id for row in db.session.execute(select(User.id, User.email))}
    for member in members:
        member.user_id = ids[email_of(member)]
    holding = {member.code: _term_of(member, hosts, seed) for member in members}
    rows = (_cadre_row(member, holding[member.code], at, today) for member in members)
    bulk.fill(CADRES, _CADRE_COLUMNS, rows)
    ids = {row.code: row.id for row in db.session.execute(select(Cadre.id, Cadre.code))}
    for member in members:
        member.id = ids[member.code]
    bulk.fill(
        TERMS,
        ("cadre_id", "from_month", "branch_id", "host_body_id", "npwp_valid"),
        ((one.id, FROM_THE_BEGINNING, one.branch_id, *holding[one.code]) for one in members),
    )
    bulk.fill(ACCOUNTS, _ACCOUNT_COLUMNS, _account_rows(members, finance, checker, seed, at))


def email_of(member: Member) -> str:
    """Return the address a cadre signs in with; only those whose accounts are printed have a password."""
    account = account_at(member.branch.code, member.number)
    if account is not None:
        return account.email
    return f"{member.code.lower()}@demo.test"


def is_demo_cadre(member: Member) -> bool:
    """Tell whether this is the cadre at work whose account is printed."""
    return member.branch.code == CADRE.place and member.number == 0


def in_story(member: Member, number: int) -> bool:
    """Tell whether this is the Palembang cadre with a number in the story."""
    return member.branch.code == CADRE.place and member.number == number


def _user_row(member: Member, at: datetime) -> tuple[Any, ...]:
    password = hash_password(DEMO_PASSWORD) if account_at(member.branch.code, member.number) else None
    place = ("cadre", "branch", member.branch_id)
    return (member.name, email_of(member), password, False, *place, True, None, "auto", at, 1)


def _term_of(member: Member, hosts: dict[str, int], seed: int) -> tuple[int | None, bool]:
    """Choose host body and NPWP status; volunteers have no host body, the demo cadre has the first one."""
    rng = Random(f"{seed}/term/{member.code}")
    host = hosts[rng.choice(member.branch.hosts)] if member.branch.hosts else None
    if host is not None and rng.random() < 0.08:
        host = None
    if is_demo_cadre(member):
        host = hosts[member.branch.hosts[0]]
    return host, is_demo_cadre(member) or rng.random() < 0.72


_CADRE_COLUMNS: Final = (
    *("code", "user_id", "name", "alias", "status", "branch_id", "host_body_id", "npwp_valid", "joined_on"),
    *(
        "certified_on",
        "certified_until",
        "submits_until",
        "birth_date",
        "email",
        "phone_sealed",
        "phone_hash",
    ),
    *("nik_sealed", "nik_hash", "version", "created_at"),
)


def _cadre_row(
    member: Member, holding: tuple[int | None, bool], at: datetime, today: date
) -> tuple[Any, ...]:
    return (
        member.code,
        member.user_id,
        member.name,
        "Ayuk Pasar Kuto" if in_story(member, 5) else None,
        "active" if member.works else "candidate",
        member.branch_id,
        *holding,
        member.joined,
        *(certificate_days(member.joined, today) if member.works else (None, None, None)),
        member.birth,
        email_of(member),
        vault.seal(member.phone),
        vault.fingerprint("phone", member.phone),
        vault.seal(member.nik),
        vault.fingerprint("nik", member.nik),
        1,
        at,
    )


_ACCOUNT_COLUMNS: Final = (
    "cadre_id",
    "bank_code",
    "account_sealed",
    "account_hash",
    "account_tail",
    "holder",
    "is_current",
    "entered_by",
    "entered_at",
    "verified_by",
    "verified_at",
    "imported_verified",
)


def _account_rows(
    members: list[Member], finance: int, checker: int, seed: int, at: datetime
) -> Iterator[tuple[Any, ...]]:
    """Give most cadres a verified account, some an unverified one, some none."""
    for member in members:
        rng = Random(f"{seed}/bank/{member.code}")
        roll = rng.random()
        missing, unverified = roll < 0.06, roll < 0.14
        if member.branch.code == CADRE.place and member.number < len(_CAST):
            missing, unverified = in_story(member, NO_ACCOUNT), in_story(member, UNVERIFIED)
        if missing:
            continue
        bank, length, _ = rng.choices(_BANKS, [weight for *_, weight in _BANKS])[0]
        number = f"{rng.randrange(10 ** (length - 1), 10**length)}"
        if is_demo_cadre(member):
            bank, number = "120", "1492204417"
        entered = finance if rng.random() < 0.4 else member.user_id
        verified = (None, None) if unverified else (checker, at + timedelta(days=1))
        holder = member.name.upper()
        sealed = seal_account(number, cadre_id=member.id, entered_at=at, bank_code=bank, holder=holder)
        known = (sealed, vault.fingerprint("account", number), number[-4:])
        yield (member.id, bank, *known, holder, True, entered, at, *verified, False)


def home_village(member: Member, rng: Random, *, lately: bool = False) -> tuple[str, str]:
    """Choose a village near a cadre's home: mostly in their own district, else anywhere in the city."""
    near = list_near_villages(member.branch.region_code, member.district, lately=lately)
    nearby = near and rng.random() < 0.7
    return rng.choice(near if nearby else list_reached(member.branch.region_code, lately=lately))
