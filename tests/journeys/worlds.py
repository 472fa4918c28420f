"""Random worlds as files: branches, cadres, activities, sign-ups and extracts of some months, from a seed.

Imports nothing of the portal: the files are what an outsider would hand over.
"""

import calendar
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

TYPES = (
    "mass_meeting market_visit community_meeting religious_meeting base_visit farmer_group stand door_to_door radio renewal_visit"
).split()
GIVEN = "Siti Nur Budi Agus Dewi Rina Joko Sri Wati Hasan Yanti Rudi Lina Eko Tuti Andi Maya Dedi Ratna Umar".split()
FAMILY = "Aminah Hidayat Santoso Lestari Saputra Wahyuni Pratama Handayani Siregar Wanggai Rahman Kogoya Daeng Susanti".split()
ZONES = {"B1": "Asia/Jakarta", "B2": "Asia/Makassar", "B3": "Asia/Jayapura", "B4": "Asia/Jakarta"}
REGIONS = {"B1": "R1", "B2": "R2", "B3": "R2", "B4": "R1"}
PLANS = {"B1": "perisai-2022", "B2": "perisai-2018", "B3": "kader-penggerak"}


@dataclass
class World:
    """What happens, in order: (clock, kind, payload); kinds are the import kinds, `extract` and `close`."""

    seed: int
    months: list[str]
    events: list[tuple[str, str, object]] = field(default_factory=list)


@dataclass
class Person:
    """A worker as the agency knows him or her."""

    nik: str
    kpj: str
    name: str
    birth: date
    registered: date
    programme: str
    rows: list[tuple[str, date, int]] = field(default_factory=list)  # blth, paid on, amount


def month_days(month: str) -> tuple[date, date]:
    year, number = map(int, month.split("-"))
    return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])


def shift(month: str, n: int) -> str:
    year, number = map(int, month.split("-"))
    total = year * 12 + number - 1 + n
    return f"{total // 12:04}-{total % 12 + 1:02}"


class Maker:
    """Makes one world."""

    def __init__(self, seed: int, months: int) -> None:
        self.random = random.Random(seed)
        start = f"2025-{self.random.randint(1, 9):02}"
        self.world = World(seed, [shift(start, n) for n in range(months)])
        self.serial = seed * 1000
        self.people: list[Person] = []
        self.late: list[Person] = []
        self.cadres: dict[str, dict] = {}
        self.hidden_rows: list[tuple[Person, tuple[str, date, int]]] = []

    def day(self, month: str, first: int = 1, last: int = 31) -> date:
        begin, end = month_days(month)
        return date(begin.year, begin.month, self.random.randint(first, min(last, end.day)))

    def make(self) -> World:
        first = self.world.months[0]
        clock = f"{first}-01T12:00:00+00:00"
        add = self.world.events.append
        add(
            (
                clock,
                "branches",
                [
                    {
                        "branch_code": code,
                        "name": f"Cabang {code}",
                        "region_office": REGIONS[code],
                        "time_zone": zone,
                        "region_code": "1671",
                    }
                    for code, zone in ZONES.items()
                ],
            )
        )
        for code, plan in PLANS.items():
            add((clock, "plan", (plan, code, first)))
        for branch in ZONES:
            for n in range(7):
                self._cadre(branch, n)
        add((clock, "cadres", self._shuffled(list(self.cadres.values()))))
        for index, month in enumerate(self.world.months):
            self._month(index, month)
        return self.world

    def _cadre(self, branch: str, n: int) -> None:
        code = f"{branch}-K{n}"
        host = f"H{self.random.randint(1, 2)}" if branch in {"B1", "B2"} and n % 3 else ""
        self.cadres[code] = {
            "cadre_code": code,
            "name": f"{self.random.choice(GIVEN)} {self.random.choice(FAMILY)}",
            "branch_code": branch,
            "host_code": host,
            "certified_on": "2024-12-01",
            "npwp_valid": self.random.choice(("ya", "tidak", "")),
        }

    def _month(self, index: int, month: str) -> None:
        add = self.world.events.append
        _, end = month_days(month)
        noon_end = f"{end}T12:00:00+00:00"
        if index and self.random.random() < 0.6:
            code = self.random.choice(sorted(self.cadres))
            mover = self.cadres[code]
            if self.random.random() < 0.5:
                mover["branch_code"] = self.random.choice(sorted(ZONES))
            else:
                mover["npwp_valid"] = "ya" if mover["npwp_valid"] != "ya" else "tidak"
            add((f"{month}-20T12:00:00+00:00", "cadres", [dict(mover)]))
        add((noon_end, "activities", self._shuffled(self._activities(index, month))))
        add((noon_end, "signups", self._shuffled(self._signups(index, month))))
        self._pay(month)
        after = shift(month, 1)
        add((f"{after}-02T03:00:00+00:00", "extract", (str(end), self._shuffled(self._extract(end)))))
        add((f"{after}-04T00:00:00+00:00", "close", month))

    def _shuffled(self, rows: list) -> list:
        self.random.shuffle(rows)
        return rows

    def _activities(self, index: int, month: str) -> list[dict]:
        rows = []
        for code in self.cadres:
            for n in range(self.random.randint(0, 9)):
                late = index and self.random.random() < 0.15
                held = self.day(self.world.months[index - 1] if late else month)
                rows.append(
                    {
                        "activity_ref": f"A-{month}-{code}-{n}",
                        "cadre_code": code,
                        "type": self.random.choice(TYPES),
                        "held_on": str(held) if n % 2 else held.strftime("%d/%m/%Y"),
                        "village_code": "16.71.01.1001" if n % 2 else "",
                        "attendance": str(self.random.randint(1, 60)),
                        "status": "approved",
                    }
                )
        for code in self.random.sample(sorted(self.cadres), 2):  # four on one day: the fourth earns nothing
            held = self.day(month)
            rows += [
                {
                    "activity_ref": f"X-{month}-{code}-{n}",
                    "cadre_code": code,
                    "type": "stand",
                    "held_on": str(held),
                    "village_code": "",
                    "attendance": "",
                    "status": "approved",
                }
                for n in range(5)
            ]
        return rows

    def _person(self, registered: date) -> Person:
        self.serial += 1
        birth = date(self.random.randint(1965, 2003), self.random.randint(1, 12), self.random.randint(1, 28))
        day = birth.day + self.random.choice((0, 40))
        nik = f"{self.random.choice(('167101', '910101', '960101', '737101'))}{day:02}{birth.month:02}{birth.year % 100:02}{self.serial % 9999 + 1:04}"
        name = f"{self.random.choice(GIVEN)} {self.random.choice(FAMILY)} {self.random.choice(FAMILY)}"
        programme = self.random.choice(("JKK,JKM", "JKK,JKM,JHT"))
        person = Person(
            nik, f"26{self.serial:09}" if self.serial % 3 else "", name, birth, registered, programme
        )
        self.people.append(person)
        return person

    def _signups(self, index: int, month: str) -> list[dict]:
        rows: list[dict] = []
        for code in self.cadres:
            keen = self.random.random() < 0.12
            for n in range(self.random.randint(22, 56) if keen else self.random.randint(0, 5)):
                rows.append(self._signup(f"S-{month}-{code}-{n}", code, month))
        for n in range(3):  # the same worker claimed by two cadres in one file: both disputed
            one, two = self.random.sample(sorted(self.cadres), 2)
            row = self._signup(f"D-{month}-{n}a", one, month)
            rows += [row, row | {"signup_ref": f"D-{month}-{n}b", "cadre_code": two}]
        return rows

    def _signup(self, ref: str, code: str, month: str) -> dict:
        roll = self.random.random()
        reported = self.day(month)
        registered = reported + timedelta(days=self.random.choice((-3, 0, 0, 1, 2, 5, 20)))
        if roll < 0.05:
            registered = reported - timedelta(days=400)  # reactivated, or an existing member
        person = self._person(registered)
        if 0.025 < roll < 0.05:  # paid a month before the sign-up: an existing member
            paid = reported - timedelta(days=30)
            person.rows.append((str(paid)[:7], paid, 16800))
        name = person.name.upper() if self.random.random() < 0.7 else f"H. {person.name}"
        birth = (
            person.birth if roll < 0.95 else person.birth + timedelta(days=1)
        )  # only the NIK: waits for a person
        return {
            "signup_ref": ref,
            "cadre_code": code,
            "reported_on": str(reported),
            "name": name,
            "nik": person.nik,
            "birth_date": str(birth),
            "phone": "",
            "occupation": "pedagang",
            "programmes": person.programme if self.random.random() < 0.8 else "JKK,JKM",
            "kpj": "",
            "activity_ref": "",
            "status": "reported",
        }

    def _pay(self, month: str) -> None:
        """Let people pay: most once, some for months ahead, some not at all, some seen late."""
        _, end = month_days(month)
        for person in self.people:
            if person.registered > end or self.random.random() < 0.25:
                continue
            begin = max(person.registered, month_days(month)[0])
            paid = begin + timedelta(days=self.random.randint(0, (end - begin).days))
            ahead = self.random.choice((1, 1, 1, 1, 2, 3, 6))
            amount = 36800 if person.programme.endswith("JHT") else 16800
            taken = {row[0] for row in person.rows} | {row[0] for p, row in self.hidden_rows if p is person}
            blth = month
            for _ in range(ahead):
                while blth in taken:
                    blth = shift(blth, 1)
                row = (blth, paid, self.random.choice((amount, amount // 2)))
                taken.add(blth)
                if self.random.random() < 0.06:
                    self.hidden_rows.append((person, row))  # the agency books it a month late
                else:
                    person.rows.append(row)

    def _extract(self, as_of: date) -> list[dict]:
        out = []
        for person in self.people:
            if person.registered > as_of:
                continue
            shared = {
                "NIK": person.nik,
                "KPJ": person.kpj,
                "NAMA": person.name.upper(),
                "TGL LAHIR": str(person.birth),
                "PROGRAM": person.programme,
                "TGL DAFTAR PERTAMA": str(person.registered),
                "KODE CABANG": "L00",
            }
            unpaid = {"BLTH": "", "TGL BAYAR": "", "IURAN": "", "JENIS PEMBAYAR": ""}
            rows = [
                {"BLTH": blth, "TGL BAYAR": str(paid), "IURAN": str(amount), "JENIS PEMBAYAR": "mandiri"}
                for blth, paid, amount in person.rows
            ]
            out += [shared | row for row in rows or [unpaid]]
        for person, row in self.hidden_rows:
            person.rows.append(row)
        self.hidden_rows = []
        return out


def make_world(seed: int, months: int = 5) -> World:
    """Make the world of a seed."""
    return Maker(seed, months).make()
