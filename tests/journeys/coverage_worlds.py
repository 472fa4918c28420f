"""Two worlds of coverage as files, and what an outsider computes from the files alone (rules.md 12.3)."""

import calendar
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from portal.demo.agency import draw_birth, extract_row, make_nik

VILLAGES = ("1671071005", "1671051002", "1671111006", "1674051001", "7371061002", "9171021006", "3171011001")
NEVER = ("1671121001", "7371081004")  # named by the estimates alone
BRANCHES = {"B1": "1671", "B2": "7371", "B3": ""}
FIRST, SECOND = date(2026, 1, 31), date(2026, 3, 15)  # the days as of which the extracts are
BEGIN, TODAY = date(2025, 10, 1), date(2026, 3, 20)


@dataclass
class Worker:
    """A worker as the agency knows him or her; `paid` maps months covered to days of payment."""

    nik: str
    birth: date
    name: str
    registered: date
    paid: dict[str, date] = field(default_factory=dict)


@dataclass
class CoverageWorld:
    """The files: lists of rows; `later` is imported after the first extract."""

    branches: list[dict] = field(default_factory=list)
    cadres: list[dict] = field(default_factory=list)
    activities: list[dict] = field(default_factory=list)
    signups: list[dict] = field(default_factory=list)
    later: list[dict] = field(default_factory=list)
    extracts: dict[date, list[dict]] = field(default_factory=dict)
    targets: list[list[dict]] = field(default_factory=list)


def months_on(day: date, n: int) -> date:
    """The same day n months later; the last day of a month that lacks it."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class Maker:
    """Draws a world from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(f"coverage/{seed}")
        self.world, self.workers, self.serial = CoverageWorld(), [], seed * 300
        self._people()
        self._outreach()
        self._signups()
        for as_of in (FIRST, SECOND):
            self.world.extracts[as_of] = [row for one in self.workers for row in _rows(one, as_of)]
        self._targets()

    def _people(self) -> None:
        for code, region in BRANCHES.items():
            zone = {"B1": "Asia/Jakarta", "B2": "Asia/Makassar", "B3": "Asia/Jayapura"}[code]
            self.world.branches.append(
                {
                    "branch_code": code,
                    "name": code,
                    "region_office": "R1",
                    "time_zone": zone,
                    "region_code": region,
                }
            )
            for n in range(3):
                self.world.cadres.append(
                    {"cadre_code": f"{code}-{n}", "name": f"Kader {code} {n}", "branch_code": code,
                     "joined_on": "2025-01-02", "certified_on": "2025-01-02"}
                )  # fmt: skip

    def _outreach(self) -> None:
        for n in range(60):
            day = BEGIN + timedelta(days=self.chance.randint(0, (TODAY - BEGIN).days))
            village = self.chance.choice((*VILLAGES, ""))
            dotted = ".".join((village[:2], village[2:4], village[4:6], village[6:]))
            self.world.activities.append(
                {"activity_ref": f"A-{n:02}", "cadre_code": self.chance.choice(self.world.cadres)["cadre_code"],
                 "type": "market_visit", "held_on": day.isoformat(),
                 "village_code": dotted if village and n % 3 == 0 else village,
                 "attendance": "12", "status": self.chance.choice(("approved", "approved", "submitted"))}
            )  # fmt: skip

    def _worker(self, registered: date) -> Worker:
        self.serial += 1
        birth = draw_birth(self.chance, 1960, 2005)
        nik = make_nik("167101", birth, self.serial * 10 + 1, woman=True)
        one = Worker(nik, birth, f"SITI NOMOR {self.serial}", registered)
        self.workers.append(one)
        return one

    def _signup(self, one: Worker, day: date, status: str, *, later: bool = False) -> None:
        near = [row for row in self.world.activities if row["held_on"] <= day.isoformat()]
        activity = self.chance.choice(near)["activity_ref"] if near and self.chance.random() < 0.85 else ""
        rows = self.world.later if later else self.world.signups
        rows.append(
            {"signup_ref": f"S-{len(self.world.signups):03}{'L' if later else ''}-{len(rows)}",
             "cadre_code": self.chance.choice(self.world.cadres[5:] if later else self.world.cadres[:5])["cadre_code"],
             "reported_on": day.isoformat(), "name": one.name, "nik": one.nik, "birth_date": one.birth.isoformat(),
             "programmes": "JKK,JKM", "activity_ref": activity, "status": status}
        )  # fmt: skip

    def _signups(self) -> None:
        """Newcomers who go on paying or stop, some who never pay, members of old, and some who come back."""
        for n in range(70):
            day = BEGIN + timedelta(days=self.chance.randint(0, 160))
            kind = ("new", "new", "new", "unpaid", "member", "back", "unknown")[n % 7]
            one = self._worker(day if kind in {"new", "unpaid"} else date(2024, 3, 5))
            if kind == "unknown":
                self.workers.remove(one)
            if kind == "member":
                one.paid[_month(months_on(day, -1))] = day - timedelta(days=20)
            if kind in {"new", "member", "back"}:
                for back in range(self.chance.randint(1, 7)):
                    one.paid[_month(months_on(day, back))] = day + timedelta(days=30 * back)
            status = "validated" if kind == "new" and self.chance.random() < 0.4 else "reported"
            self._signup(one, day, status)
        for _ in range(4):  # lapsed, and signed up again elsewhere
            first, again = date(2025, 10, 5), date(2026, 2, 20)
            one = self._worker(first)
            one.paid |= {"2025-09": first, "2026-02": again}
            self._signup(one, first, "validated")
            self._signup(one, again, "reported", later=True)

    def _targets(self) -> None:
        codes = [code for code in (*VILLAGES, *NEVER) if code != VILLAGES[2]]
        first = [
            _target(code, year, self.chance.randint(0, 900)) for code in codes for year in (2025, 2026, 2027)
        ]
        corrected = [_target(code, 2026, self.chance.randint(0, 900)) for code in codes[:3]]
        self.world.targets = [first, [*corrected, first[-1]]]


def _target(code: str, year: int, workers: int) -> dict:
    target = str(workers // 3) if workers % 2 else ""
    return {
        "village_code": code,
        "year": year,
        "informal_workers": workers,
        "target": target,
        "source": "Sakernas",
    }


def _month(day: date) -> str:
    return day.isoformat()[:7]


def _rows(one: Worker, as_of: date) -> list[dict]:
    """What the agency writes of a worker as of a day."""
    if one.registered > as_of:
        return []
    known = {"nik": one.nik, "kpj": "", "name": one.name, "birth": one.birth.isoformat(), "pack": "JKK,JKM",
             "registered": one.registered.isoformat(), "branch": "L00"}  # fmt: skip
    paid = {"amount": "16800", "payer": "mandiri"}
    rows = [
        extract_row(**known, **paid, blth=month, paid=day.isoformat())
        for month, day in one.paid.items()
        if day <= as_of
    ]
    return rows or [extract_row(**known, blth="", paid="", amount="", payer="")]


# What follows reads the files alone.


def recompute(world: CoverageWorld, day: date, *, closed: bool) -> list[dict]:
    """Every village with an estimate, a visit or a participant, as the contract's export lists it."""
    activities = {row["activity_ref"]: row for row in world.activities}
    place = {ref: row["village_code"].replace(".", "") for ref, row in activities.items()}
    visits: dict[str, list[date]] = {}
    for ref, row in activities.items():
        held = date.fromisoformat(row["held_on"])
        if row["status"] == "approved" and place[ref] and not (closed and held > day):
            visits.setdefault(place[ref], []).append(held)
    people: dict[str, int] = {}
    for row in participants(world, day, closed=closed):
        if village := place.get(row["activity_ref"]):
            people[village] = people.get(village, 0) + 1
    estimates = _estimates(world, day.year)
    return [
        _line(code, estimates.get(code), people.get(code, 0), visits.get(code, []), day)
        for code in sorted({*visits, *people, *estimates})
    ]


def _estimates(world: CoverageWorld, year: int) -> dict[str, int]:
    said: dict[tuple[str, int], int] = {}
    for file in world.targets:
        said |= {(row["village_code"], int(row["year"])): int(row["informal_workers"]) for row in file}
    return {code: workers for (code, of), workers in sorted(said.items()) if of <= year}


def participants(world: CoverageWorld, day: date, *, closed: bool) -> list[dict]:
    """The newest validated sign-up of each worker who is active or in grace."""
    floor = _month(months_on(date.fromisoformat(f"{_as_of(world, day, closed=closed)}-01"), -3))
    rows = [row for file in world.extracts.values() for row in file]
    found = claims([*world.signups, *world.later], rows, day if closed else None)
    return [row for nik, row in found.items() if last_paid(rows, nik, day) >= floor]


def _as_of(world: CoverageWorld, day: date, *, closed: bool) -> str:
    newest = _month(max(world.extracts))
    return min(newest, _month(day)) if closed else newest


def claims(signups: list[dict], rows: list[dict], day: date | None) -> dict[str, dict]:
    """The newest validated sign-up of each worker, earned until a day if one is given."""
    found: dict[str, dict] = {}
    for row in sorted(signups, key=lambda row: (row["reported_on"], row["signup_ref"])):
        mine = [one for one in rows if one["NIK"] == row["nik"]]
        earned = max(row["reported_on"], *(one["TGL DAFTAR PERTAMA"] for one in mine)) if mine else ""
        if row["status"] == "validated":
            earned = row["reported_on"]
        if mine and _valid(row, mine) and not (day and earned > day.isoformat()):
            found[row["nik"]] = row
    return found


def last_paid(rows: list[dict], nik: str, day: date) -> str:
    """The last month paid until a day; '' without one."""
    mine = (one for one in rows if one["NIK"] == nik and one["BLTH"])
    return max((one["BLTH"] for one in mine if one["TGL BAYAR"] <= day.isoformat()), default="")


def _valid(row: dict, mine: list[dict]) -> bool:
    """Imported as validated; or matched and paid, and new, or back after three months without a payment."""
    if row["status"] == "validated":
        return True
    reported = date.fromisoformat(row["reported_on"])
    paid = {one["BLTH"]: date.fromisoformat(one["TGL BAYAR"]) for one in mine if one["BLTH"]}
    begins = reported - timedelta(days=3)
    if not any(day >= begins for day in paid.values()):
        return False
    registered = date.fromisoformat(mine[0]["TGL DAFTAR PERTAMA"])
    if registered >= begins:
        return True
    until = reported - timedelta(days=4)
    recent = any(months_on(until, -3) < day <= until for day in paid.values())
    ahead = any(day <= until and month > _month(reported) for month, day in paid.items())
    return not (recent or ahead)


def _line(code: str, estimate: int | None, people: int, visits: list[date], day: date) -> dict:
    months = 12
    if visits:
        months = max(n for n in range(13) if n == 0 or months_on(max(visits), n) <= day)
    need = Fraction(max(0, (estimate or 0) - people) * months, 12)
    tenths = int(need * 10 + Fraction(1, 2))
    return {
        "village_code": code,
        "estimate": "" if estimate is None else str(estimate),
        "participants": str(people),
        "visits": str(len(visits)),
        "last_visit": max(visits).isoformat() if visits else "",
        "where_next": f"{tenths // 10}.{tenths % 10}",
    }
