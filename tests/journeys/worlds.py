"""Random worlds as files: branches, cadres, activities, sign-ups and extracts of some months, from a seed.

The files are what an outsider would hand over: people, numbers and rows of the extract are drawn as the demo draws
them, of the portal's rules nothing is known here. What happens to the people is not the demo's story, which is a
believable one: here everything that the rules know happens often.
"""

import calendar
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from recompute_terms import POINTS

from portal.demo.agency import draw_birth, extract_row, make_nik
from portal.demo.names import CULTURES, OCCUPATIONS, draw_name

TYPES = tuple(POINTS)
ZONES = {"B1": "Asia/Jakarta", "B2": "Asia/Makassar", "B3": "Asia/Jayapura", "B4": "Asia/Jakarta"}
REGIONS = {"B1": "R1", "B2": "R2", "B3": "R2", "B4": "R1"}
PLANS = {"B1": "perisai-2022", "B2": "perisai-2018", "B3": "kader-penggerak"}
DISTRICTS = ("167101", "910101", "960101", "737101")
TWO, THREE = "JKK,JKM", "JKK,JKM,JHT"


@dataclass
class World:
    """What happens, in order: (clock, kind, payload); kinds are the import kinds, `extract` and `close`."""

    seed: int
    months: list[str]
    events: list[tuple[str, str, object]] = field(default_factory=list)


@dataclass
class Worker:
    """A worker as the agency knows him or her; `rows`: month covered -> (paid on, amount, payer, pack).

    The agency books `hidden` rows a month late.
    """

    nik: str
    kpj: str
    name: str
    birth: date
    registered: date
    pack: str
    habit: str = ""
    rows: dict = field(default_factory=dict)
    hidden: dict = field(default_factory=dict)
    corrected: set = field(default_factory=set)


def month_days(month: str) -> tuple[date, date]:
    year, number = map(int, month.split("-"))
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def shift(month: str, n: int) -> str:
    year, number = map(int, month.split("-"))
    total = year * 12 + number - 1 + n
    return f"{total // 12:04}-{total % 12 + 1:02}"


class Maker:
    """Draws what the plain and the rich worlds share."""

    def __init__(self, seed: int, months: int, *, chance: random.Random, latest_start: int) -> None:
        self.random = chance
        start = f"2025-{self.random.randint(1, latest_start):02}"
        self.world = World(seed, [shift(start, n) for n in range(months)])
        self.serial = seed * 1000
        self.workers: list[Worker] = []
        self.cadres: dict[str, dict] = {}

    def add(self, clock: str, kind: str, payload: object) -> None:
        """Let something happen; the rows of a file come in no order."""
        if isinstance(payload, list):
            self.random.shuffle(payload)
        self.world.events.append((clock, kind, payload))

    def found(self) -> str:
        """Found the branches on the first day; return that moment."""
        clock = f"{self.world.months[0]}-01T12:00:00+00:00"
        branches = [
            {
                "branch_code": code,
                "name": f"Cabang {code}",
                "region_office": REGIONS[code],
                "time_zone": zone,
                "region_code": "1671",
            }
            for code, zone in ZONES.items()
        ]
        self.add(clock, "branches", branches)
        return clock

    def name(self, *, woman: bool) -> str:
        return draw_name(self.random, self.random.choice(sorted(CULTURES)), woman=woman)

    def cadre(self, branch: str, n: int, *, hosted: bool) -> None:
        code = f"{branch}-K{n}"
        self.cadres[code] = {
            "cadre_code": code,
            "name": self.name(woman=bool(n % 2)),
            "branch_code": branch,
            "host_code": f"H{self.random.randint(1, 2)}" if hosted and n % 3 else "",
            "certified_on": "2024-12-01",
            "npwp_valid": self.random.choice(("ya", "tidak", "")),
        }

    def day(self, month: str) -> date:
        begin, end = month_days(month)
        return begin.replace(day=self.random.randint(1, end.day))

    def activity(self, ref: str, code: str, kind: str, held: date, *, slashes: bool = False) -> dict:
        return {
            "activity_ref": ref,
            "cadre_code": code,
            "type": kind,
            "held_on": held.strftime("%d/%m/%Y") if slashes else str(held),
            "village_code": "" if slashes else "16.71.01.1001",
            "attendance": str(self.random.randint(1, 60)) if slashes else "",
            "status": "approved",
        }

    def activities(self, index: int, month: str, most: int) -> list[dict]:
        """Let every cadre hold some activities, a few of them reported a month late."""
        rows = []
        for code in self.cadres:
            for n in range(self.random.randint(0, most)):
                late = index and self.random.random() < 0.17
                held = self.day(self.world.months[index - 1] if late else month)
                kind = self.random.choice(TYPES)
                rows.append(self.activity(f"A-{month}-{code}-{n}", code, kind, held, slashes=bool(n % 2)))
        return rows

    def nik(self, birth: date, *, woman: bool) -> str:
        self.serial += 1
        return make_nik(self.random.choice(DISTRICTS), birth, self.serial % 9999 + 1, woman=woman)

    def worker(self, registered: date, *, card: bool = True, habit: str = "") -> Worker:
        woman, birth = self.random.random() < 0.5, draw_birth(self.random, 1965, 2003)
        nik, pack = self.nik(birth, woman=woman), self.random.choice((TWO, THREE))
        kpj = f"26{self.serial:09}" if card else ""
        found = Worker(nik, kpj, self.name(woman=woman), birth, registered, pack, habit)
        self.workers.append(found)
        return found

    def claim(self, ref: str, code: str, reported: date, worker: Worker) -> dict:
        return {
            "signup_ref": ref,
            "cadre_code": code,
            "reported_on": str(reported),
            "name": worker.name if self.random.random() < 0.6 else f"H. {worker.name}",
            "nik": worker.nik,
            "birth_date": str(worker.birth),
            "phone": "",
            "occupation": self.random.choice(OCCUPATIONS),
            "programmes": worker.pack,
            "kpj": "",
            "activity_ref": "",
            "status": "reported",
        }

    def twice(self, ref: str, claim) -> list[dict]:
        """Let two cadres claim the same worker in one file: both are disputed. `claim` makes the first row."""
        one, two = self.random.sample(sorted(self.cadres), 2)
        row = claim(f"{ref}a", one)
        return [row, row | {"signup_ref": f"{ref}b", "cadre_code": two}]

    def pay(self, worker: Worker, month: str, paid: date, months: int) -> None:
        """Let a worker pay this many months on one day, from a month on, as far as they are not paid yet."""
        for _ in range(months):
            while month in worker.rows or month in worker.hidden:
                month = shift(month, 1)
            self.book(worker, month, paid)

    def book(self, worker: Worker, month: str, paid: date) -> None:
        amount = 36_800 if worker.pack == THREE else 16_800
        late = self.random.random() < 0.06
        row = (paid, self.random.choice((amount, amount // 2)), "mandiri", worker.pack)
        (worker.hidden if late else worker.rows)[month] = row

    def extract(self, as_of: date) -> list[dict]:
        """Return the agency's rows as of a day; the hidden ones are in the next extract."""
        out = []
        for worker in self.workers:
            if worker.registered > as_of:
                continue
            person = {
                "nik": worker.nik,
                "kpj": worker.kpj,
                "name": worker.name.upper(),
                "birth": worker.birth,
                "pack": worker.pack,
                "registered": worker.registered,
                "branch": "L00",
            }
            out += [
                extract_row(
                    **person | {"blth": blth, "paid": paid, "amount": amount, "payer": by, "pack": pack}
                )
                for blth, (paid, amount, by, pack) in worker.rows.items()
            ] or [extract_row(**person)]
            self.correct(worker, as_of)
            worker.rows |= worker.hidden
            worker.hidden = {}
        return out

    def correct(self, worker: Worker, as_of: date) -> None:
        """Let the next extract say otherwise; nothing is corrected in a plain world."""


class PlainMaker(Maker):
    """Makes one plain world."""

    def __init__(self, seed: int, months: int) -> None:
        super().__init__(seed, months, chance=random.Random(seed), latest_start=9)

    def make(self) -> World:
        clock = self.found()
        for code, plan in PLANS.items():
            self.add(clock, "plan", (plan, code, self.world.months[0]))
        for branch in ZONES:
            for n in range(7):
                self.cadre(branch, n, hosted=branch in {"B1", "B2"})
        self.add(clock, "cadres", [dict(one) for one in self.cadres.values()])
        for index, month in enumerate(self.world.months):
            self._month(index, month)
        return self.world

    def _month(self, index: int, month: str) -> None:
        begin, end = month_days(month)
        if index and self.random.random() < 0.6:
            mover = self.cadres[self.random.choice(sorted(self.cadres))]
            if self.random.random() < 0.5:
                mover["branch_code"] = self.random.choice(sorted(ZONES))
            else:
                mover["npwp_valid"] = "ya" if mover["npwp_valid"] != "ya" else "tidak"
            self.add(f"{month}-20T12:00:00+00:00", "cadres", [dict(mover)])
        noon, after = f"{end}T12:00:00+00:00", shift(month, 1)
        self.add(noon, "activities", self.activities(index, month, 9) + self._busy_days(month))
        self.add(noon, "signups", self._signups(month))
        for worker in self.workers:  # most pay once, some for months ahead, some not at all
            if worker.registered <= end and self.random.random() >= 0.25:
                first = max(worker.registered, begin)
                paid = first + timedelta(days=self.random.randint(0, (end - first).days))
                self.pay(worker, month, paid, self.random.choice((1, 1, 1, 1, 2, 3, 6)))
        self.add(f"{after}-02T03:00:00+00:00", "extract", (str(end), self.extract(end)))
        self.add(f"{after}-04T00:00:00+00:00", "close", month)

    def _busy_days(self, month: str) -> list[dict]:
        """Let two cadres hold five on one day: the fourth and fifth earn nothing."""
        days = [(code, self.day(month)) for code in self.random.sample(sorted(self.cadres), 2)]
        return [
            self.activity(f"X-{month}-{code}-{n}", code, "stand", held)
            for code, held in days
            for n in range(5)
        ]

    def _signups(self, month: str) -> list[dict]:
        rows: list[dict] = []
        for code in self.cadres:
            keen = self.random.random() < 0.12
            for n in range(self.random.randint(22, 56) if keen else self.random.randint(0, 5)):
                rows.append(self._signup(f"S-{month}-{code}-{n}", code, month))
        for n in range(3):
            rows += self.twice(f"D-{month}-{n}", lambda ref, code: self._signup(ref, code, month))
        return rows

    def _signup(self, ref: str, code: str, month: str) -> dict:
        reported, roll = self.day(month), self.random.random()
        registered = reported + timedelta(days=self.random.choice((-3, 0, 0, 1, 2, 5, 20)))
        if roll < 0.05:
            registered = reported - timedelta(days=400)  # reactivated, or an existing member
        worker = self.worker(registered, card=bool(self.serial % 3))
        if 0.025 < roll < 0.05:  # paid a month before the sign-up: an existing member
            paid = reported - timedelta(days=30)
            worker.rows[str(paid)[:7]] = (paid, 16800, "mandiri", worker.pack)
        row = self.claim(ref, code, reported, worker)
        if roll > 0.95:  # only the NIK: waits for a person
            row["birth_date"] = str(worker.birth + timedelta(days=1))
        return row | ({"programmes": TWO} if self.random.random() < 0.2 else {})


def make_world(seed: int, months: int = 5) -> World:
    """Make the plain world of a seed."""
    return PlainMaker(seed, months).make()
