"""Random worlds that reach the rules' corner cases: small thresholds, long prepayments, late and corrected rows.

Imports nothing of the portal. What people decide in them is chosen in acts.py from the state reached so far.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from rich_plans import THREE, TWO, plan_on_top, plan_out_of
from worlds import FAMILY, GIVEN, REGIONS, TYPES, ZONES, World, month_days, shift


@dataclass
class Worker:
    """A worker as the agency knows him or her; `rows`: month covered -> (paid on, amount, payer, pack)."""

    nik: str
    kpj: str
    name: str
    birth: date
    registered: date
    pack: str
    habit: str
    rows: dict = field(default_factory=dict)
    hidden: dict = field(default_factory=dict)
    corrected: set = field(default_factory=set)


class RichMaker:
    """Makes one rich world of seven months."""

    def __init__(self, seed: int, months: int = 7) -> None:
        self.random = random.Random(f"rich {seed}")
        start = f"2025-{self.random.randint(1, 6):02}"
        self.world = World(seed, [shift(start, n) for n in range(months)])
        self.serial = seed * 700
        self.workers: list[Worker] = []
        self.cadres: dict[str, dict] = {}

    def make(self) -> World:
        months, add = self.world.months, self.world.events.append
        clock = f"{months[0]}-01T12:00:00+00:00"
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
        add((clock, "branches", branches))
        documents = [
            plan_on_top(months[0], 3, "12.5"),
            plan_out_of(months[0]),
            plan_on_top(months[3], 2, "11.25"),
        ]
        for document in documents:
            add((clock, "document", document))
        for code, branch in (("dunia-atas", "B1"), ("dunia-dari", "B2"), ("kader-penggerak", "B3")):
            add((clock, "plan", (code, branch, months[0])))
        add((clock, "plan", ("perisai-2022", "B4", months[2])))
        for branch in ZONES:
            for n in range(5):
                self._cadre(branch, n)
        add((clock, "cadres", self._shuffled(list(self.cadres.values()))))
        for index, month in enumerate(months):
            self._month(index, month)
        return self.world

    def _cadre(self, branch: str, n: int) -> None:
        self.cadres[f"{branch}-K{n}"] = {
            "cadre_code": f"{branch}-K{n}",
            "name": f"{self.random.choice(GIVEN)} {self.random.choice(FAMILY)}",
            "branch_code": branch,
            "host_code": f"H{self.random.randint(1, 2)}" if n % 3 else "",
            "certified_on": "2024-12-01",
            "npwp_valid": self.random.choice(("ya", "tidak", "")),
        }

    def _shuffled(self, rows: list) -> list:
        self.random.shuffle(rows)
        return rows

    def _month(self, index: int, month: str) -> None:
        add, after = self.world.events.append, shift(month, 1)
        _, end = month_days(month)
        if index:
            self._move(f"{month}-12T12:00:00+00:00", self.random.choice(("branch_code", "npwp_valid")))
            self._move(f"{month}-20T12:00:00+00:00", "host_code")
        noon = f"{end}T12:00:00+00:00"
        add((noon, "activities", self._shuffled(self._activities(index, month))))
        add((noon, "signups", self._shuffled(self._signups(index, month))))
        add((noon, "claim_again", month))
        self._pay(index, month)
        add((f"{after}-02T03:00:00+00:00", "extract", (str(end), self._shuffled(self._extract(end)))))
        add((f"{after}-03T03:00:00+00:00", "decide", month))
        add((f"{after}-04T00:00:00+00:00", "close", month))
        add((f"{after}-05T03:00:00+00:00", "decide", month))

    def _move(self, clock: str, what: str) -> None:
        mover = self.cadres[self.random.choice(sorted(self.cadres))]
        choices = {
            "branch_code": sorted(ZONES),
            "host_code": ["H1", "H2", "H3", ""],
            "npwp_valid": ["ya", "tidak"],
        }
        mover[what] = self.random.choice([one for one in choices[what] if one != mover[what]])
        self.world.events.append((clock, "cadres", [dict(mover)]))

    def _activities(self, index: int, month: str) -> list[dict]:
        rows = []
        for code in self.cadres:
            for n in range(self.random.randint(0, 5)):
                late = index and self.random.random() < 0.2
                held = self._day(self.world.months[index - 1] if late else month)
                rows.append(
                    {
                        "activity_ref": f"A-{month}-{code}-{n}",
                        "cadre_code": code,
                        "type": self.random.choice(TYPES),
                        "held_on": str(held) if n % 2 else held.strftime("%d/%m/%Y"),
                        "village_code": "",
                        "attendance": "",
                        "status": "approved",
                    }
                )
        return rows

    def _day(self, month: str, last: int = 31) -> date:
        begin, end = month_days(month)
        return begin + timedelta(days=self.random.randint(0, min(last, end.day) - 1))

    def _nik(self, birth: date) -> str:
        self.serial += 1
        day = birth.day + self.random.choice((0, 40))
        return f"{self.random.choice(('167101', '910101', '737101'))}{day:02}{birth.month:02}{birth.year % 100:02}{self.serial % 9000 + 1:04}"

    def _worker(self, registered: date) -> Worker:
        birth = date(self.random.randint(1965, 2003), self.random.randint(1, 12), self.random.randint(1, 28))
        nik = self._nik(birth)
        habits = ("monthly", "monthly", "ahead", "far", "quitter", "quitter", "lazy")
        worker = Worker(
            nik,
            f"26{self.serial:09}",
            f"{self.random.choice(GIVEN)} {self.random.choice(FAMILY)} {self.random.choice(FAMILY)}",
            birth,
            registered,
            self.random.choice((TWO, THREE)),
            self.random.choice(habits),
        )
        self.workers.append(worker)
        return worker

    def _signups(self, index: int, month: str) -> list[dict]:
        rows: list[dict] = []
        for code in self.cadres:
            for n in range(self.random.choice((0, 0, 1, 2, 3, 4, 7))):
                rows.append(self._signup(f"S-{month}-{code}-{n}", code, month))
        for n, code in enumerate(self.random.sample(sorted(self.cadres), 3)):  # history
            row = self._signup(f"V-{month}-{n}", code, month, plain=True)
            rows.append(row | {"status": "validated"})
        for n in range(3):  # the same worker claimed by two cadres in one file
            one, two = self.random.sample(sorted(self.cadres), 2)
            row = self._signup(f"D-{month}-{n}a", one, month, plain=True)
            rows += [row, row | {"signup_ref": f"D-{month}-{n}b", "cadre_code": two}]
        return rows

    def _signup(self, ref: str, code: str, month: str, *, plain: bool = False) -> dict:
        reported, roll = self._day(month), 1.0 if plain else self.random.random()
        registered = reported + timedelta(days=self.random.choice((-3, 0, 0, 1, 2, 8)))
        if roll < 0.12:  # reactivated, or an existing member
            registered = reported - timedelta(days=400)
        worker = self._worker(registered)
        if roll < 0.04:
            paid = reported - timedelta(days=self.random.randint(10, 120))
            worker.rows[str(paid)[:7]] = (paid, 16800, "mandiri", TWO)
        row = {
            "signup_ref": ref,
            "cadre_code": code,
            "reported_on": str(reported),
            "name": worker.name if self.random.random() < 0.5 else f"H. {worker.name}",
            "nik": worker.nik,
            "birth_date": str(worker.birth),
            "phone": "",
            "occupation": "pedagang",
            "programmes": worker.pack,
            "kpj": "",
            "activity_ref": "",
            "status": "reported",
        }
        if 0.12 < roll < 0.22:  # only the NIK: a person has to look
            row["birth_date"] = str(worker.birth + timedelta(days=1))
        elif 0.22 < roll < 0.30:  # a misspelled NIK: the card number matches
            row |= {"nik": self._nik(worker.birth), "kpj": worker.kpj}
        return row

    def _pay(self, index: int, month: str) -> None:
        begin, end = month_days(month)
        for worker in self.workers:
            if worker.registered > end:
                continue
            months = self._months_paid(worker, index)
            first = max(worker.registered, begin)
            paid = first + timedelta(days=self.random.randint(0, (end - first).days))
            if worker.habit == "quitter" and worker.rows:
                paid = end
            blth = month
            for _ in range(months):
                while blth in worker.rows or blth in worker.hidden:
                    blth = shift(blth, 1)
                self._book(worker, blth, paid)

    def _months_paid(self, worker: Worker, index: int) -> int:
        begun = any(paid >= worker.registered for paid, *_ in worker.rows.values())
        if worker.habit == "quitter":  # pays once, and again only after a long silence
            return 1 if not begun or index >= 5 else 0
        if worker.habit == "far":
            return 0 if begun else self.random.choice((5, 29))
        if worker.habit == "lazy":
            return self.random.choice((0, 0, 1))
        return self.random.choice((1, 2, 4)) if worker.habit == "ahead" else self.random.choice((0, 1, 1, 1))

    def _book(self, worker: Worker, blth: str, paid: date) -> None:
        pack = worker.pack if self.random.random() < 0.8 else self.random.choice((TWO, THREE))
        amount = (36_800 if pack == THREE else 16_800) // self.random.choice((1, 1, 2))
        row = (
            paid,
            amount + self.random.randint(0, 7),
            self.random.choice(("mandiri",) * 4 + ("donatur", "pemerintah")),
            pack,
        )
        late = self.random.random() < 0.12 and worker.habit != "quitter"
        (worker.hidden if late else worker.rows)[blth] = row

    def _extract(self, as_of: date) -> list[dict]:
        out = []
        for worker in self.workers:
            if worker.registered > as_of:
                continue
            shared = {
                "NIK": worker.nik,
                "KPJ": worker.kpj,
                "NAMA": worker.name.upper(),
                "TGL LAHIR": str(worker.birth),
                "PROGRAM": worker.pack,
                "TGL DAFTAR PERTAMA": str(worker.registered),
                "KODE CABANG": "L00",
            }
            unpaid = {"BLTH": "", "TGL BAYAR": "", "IURAN": "", "JENIS PEMBAYAR": ""}
            rows = [
                {
                    "BLTH": blth,
                    "TGL BAYAR": str(paid),
                    "IURAN": str(amount),
                    "JENIS PEMBAYAR": payer,
                    "PROGRAM": pack,
                }
                for blth, (paid, amount, payer, pack) in worker.rows.items()
            ]
            out += [shared | row for row in rows or [unpaid]]
            self._correct(worker, as_of)
            worker.rows |= worker.hidden
            worker.hidden = {}
        return out

    def _correct(self, worker: Worker, as_of: date) -> None:
        """Let the agency's next extract correct some rows, each of them once."""
        if not worker.rows or self.random.random() > 0.06:
            return
        blth = self.random.choice(sorted(worker.rows))
        if blth in worker.corrected:
            return
        paid, amount, payer, pack = worker.rows[blth]
        worker.corrected.add(blth)
        what = self.random.choice(("amount", "paid", "payer"))
        if what == "amount":
            pack = THREE if pack == TWO else TWO
            amount += 1_000
        elif what == "paid":
            paid = min(paid + timedelta(days=self.random.randint(1, 20)), as_of)
        else:
            payer = "donatur" if payer == "mandiri" else "mandiri"
        worker.rows[blth] = (paid, amount, payer, pack)


def make_rich_world(seed: int) -> World:
    """Make the rich world of a seed."""
    return RichMaker(seed).make()
