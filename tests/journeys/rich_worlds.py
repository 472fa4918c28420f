"""Random worlds that reach the rules' corner cases: small thresholds, long prepayments, late and corrected rows.

What people decide in them is chosen in acts.py from the state reached so far.
"""

import random
from datetime import date, timedelta

from rich_plans import plan_on_top, plan_out_of
from worlds import THREE, TWO, ZONES, Maker, Worker, World, month_days, shift

HABITS = ("monthly", "monthly", "ahead", "far", "quitter", "quitter", "lazy")


class RichMaker(Maker):
    """Makes one rich world of seven months."""

    def __init__(self, seed: int, months: int = 7) -> None:
        super().__init__(seed, months, chance=random.Random(f"rich {seed}"), latest_start=6)

    def make(self) -> World:
        months, clock = self.world.months, self.found()
        documents = [
            plan_on_top(months[0], 3, "12.5"),
            plan_out_of(months[0]),
            plan_on_top(months[3], 2, "11.25"),
        ]
        for document in documents:
            self.add(clock, "document", document)
        for code, branch in (("dunia-atas", "B1"), ("dunia-dari", "B2"), ("kader-penggerak", "B3")):
            self.add(clock, "plan", (code, branch, months[0]))
        self.add(clock, "plan", ("perisai-2022", "B4", months[2]))
        for branch in ZONES:
            for n in range(5):
                self.cadre(branch, n, hosted=True)
        self.add(clock, "cadres", [dict(one) for one in self.cadres.values()])
        for index, month in enumerate(months):
            self._month(index, month)
        return self.world

    def _month(self, index: int, month: str) -> None:
        after, (_, end) = shift(month, 1), month_days(month)
        if index:
            self._move(f"{month}-12T12:00:00+00:00", self.random.choice(("branch_code", "npwp_valid")))
            self._move(f"{month}-20T12:00:00+00:00", "host_code")
        noon = f"{end}T12:00:00+00:00"
        self.add(noon, "activities", self.activities(index, month, 5))
        self.add(noon, "signups", self._signups(month))
        self.add(noon, "claim_again", month)
        self._pay(index, month)
        self.add(f"{after}-02T03:00:00+00:00", "extract", (str(end), self.extract(end)))
        self.add(f"{after}-03T03:00:00+00:00", "decide", month)
        self.add(f"{after}-04T00:00:00+00:00", "close", month)
        self.add(f"{after}-05T03:00:00+00:00", "decide", month)

    def _move(self, clock: str, what: str) -> None:
        mover = self.cadres[self.random.choice(sorted(self.cadres))]
        choices = {
            "branch_code": sorted(ZONES),
            "host_code": ["H1", "H2", "H3", ""],
            "npwp_valid": ["ya", "tidak"],
        }
        mover[what] = self.random.choice([one for one in choices[what] if one != mover[what]])
        self.add(clock, "cadres", [dict(mover)])

    def _signups(self, month: str) -> list[dict]:
        rows: list[dict] = []
        for code in self.cadres:
            for n in range(self.random.choice((0, 0, 1, 2, 3, 4, 7))):
                rows.append(self._signup(f"S-{month}-{code}-{n}", code, month))
        for n, code in enumerate(self.random.sample(sorted(self.cadres), 3)):  # history
            row = self._signup(f"V-{month}-{n}", code, month, plain=True)
            rows.append(row | {"status": "validated"})
        for n in range(3):
            rows += self.twice(f"D-{month}-{n}", lambda ref, code: self._signup(ref, code, month, plain=True))
        return rows

    def _signup(self, ref: str, code: str, month: str, *, plain: bool = False) -> dict:
        reported, roll = self.day(month), 1.0 if plain else self.random.random()
        registered = reported + timedelta(days=self.random.choice((-3, 0, 0, 1, 2, 8)))
        if roll < 0.12:  # reactivated, or an existing member
            registered = reported - timedelta(days=400)
        worker = self.worker(registered, habit=self.random.choice(HABITS))
        if roll < 0.04:
            paid = reported - timedelta(days=self.random.randint(10, 120))
            worker.rows[str(paid)[:7]] = (paid, 16800, "mandiri", TWO)
        row = self.claim(ref, code, reported, worker)
        if 0.12 < roll < 0.22:  # only the NIK: a person has to look
            row["birth_date"] = str(worker.birth + timedelta(days=1))
        elif 0.22 < roll < 0.30:  # a misspelled NIK: the card number matches
            row |= {"nik": self.nik(worker.birth, woman=True), "kpj": worker.kpj}
        return row

    def _pay(self, index: int, month: str) -> None:
        begin, end = month_days(month)
        for worker in self.workers:
            if worker.registered > end:
                continue
            months = self._months_paid(worker, index)
            first = max(worker.registered, begin)
            paid = first + timedelta(days=self.random.randint(0, (end - first).days))
            self.pay(worker, month, end if worker.habit == "quitter" and worker.rows else paid, months)

    def _months_paid(self, worker: Worker, index: int) -> int:
        begun = any(paid >= worker.registered for paid, *_ in worker.rows.values())
        if worker.habit == "quitter":  # pays once, and again only after a long silence
            return 1 if not begun or index >= 5 else 0
        if worker.habit == "far":
            return 0 if begun else self.random.choice((5, 29))
        if worker.habit == "lazy":
            return self.random.choice((0, 0, 1))
        return self.random.choice((1, 2, 4)) if worker.habit == "ahead" else self.random.choice((0, 1, 1, 1))

    def book(self, worker: Worker, month: str, paid: date) -> None:
        pack = worker.pack if self.random.random() < 0.8 else self.random.choice((TWO, THREE))
        amount = (36_800 if pack == THREE else 16_800) // self.random.choice((1, 1, 2))
        payer = self.random.choice(("mandiri",) * 4 + ("donatur", "pemerintah"))
        late = self.random.random() < 0.12 and worker.habit != "quitter"
        (worker.hidden if late else worker.rows)[month] = (
            paid,
            amount + self.random.randint(0, 7),
            payer,
            pack,
        )

    def correct(self, worker: Worker, as_of: date) -> None:
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
