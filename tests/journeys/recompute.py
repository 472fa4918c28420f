"""A plain recomputation of standings and statements from the files of a world.

Written from the rules alone; it imports nothing of the portal and shares no code with it. Everything is
computed again from scratch at each close.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

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
REGIONS = {"B1": "R1", "B2": "R2", "B3": "R2", "B4": "R1"}
BRACKETS = ((60_000_000, 5), (250_000_000, 15), (500_000_000, 25), (5_000_000_000, 30), (None, 35))


def day(text: str) -> date:
    return date(*map(int, reversed(text.split("/")))) if "/" in text else date.fromisoformat(text)


def plus(month: str, n: int) -> str:
    total = int(month[:4]) * 12 + int(month[5:]) - 1 + n
    return f"{total // 12:04}-{total % 12 + 1:02}"


def half_up(base: int, rate: str) -> int:
    sign = -1 if base < 0 else 1
    return sign * int((Decimal(abs(base)) * Decimal(rate) / 100).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass
class Entry:
    cadre: str
    month: str
    original: str
    points: int
    kind: str


@dataclass
class Claim:
    cadre: str
    reported: date
    nik: str
    birth: date
    state: str = "reported"
    outcome: str = ""
    earned: date | None = None
    pack: str = ""
    retained: set = field(default_factory=set)


class Recomputation:
    """The whole programme, held in dictionaries."""

    def __init__(self) -> None:
        self.plans: dict[str, str] = {}
        self.terms: dict[str, list[tuple[str, str, str, bool]]] = defaultdict(list)
        self.entries: list[Entry] = []
        self.waiting: list[tuple[Claim, str, int]] = []
        self.slots: dict[tuple[str, date], int] = defaultdict(int)
        self.claims: dict[str, Claim] = {}
        self.persons: dict[str, dict] = {}
        self.closed: str | None = None
        self.posted: dict[tuple[str, str], dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
        self.host_posted: dict[tuple[str, str], int] = defaultdict(int)
        self.carried: dict[str, int] = defaultdict(int)
        self.plan_from = ""

    # What comes in
    def plan(self, payload) -> None:
        code, branch, month = payload
        self.plans[branch], self.plan_from = code, month

    def cadres(self, rows) -> None:
        for row in rows:
            code = row["cadre_code"]
            start = "0000-00" if not self.terms[code] else plus(self.closed, 1) if self.closed else "0000-00"
            term = (start, row["branch_code"], row["host_code"], row["npwp_valid"] == "ya")
            self.terms[code] = [t for t in self.terms[code] if t[0] != start] + [term]

    def term(self, cadre: str, month: str):
        return max((t for t in self.terms[cadre] if t[0] <= month), key=lambda t: t[0])

    def _post(self, cadre: str, earned: date, points: int, kind: str) -> None:
        original = str(earned)[:7]
        month = original if not self.closed or original > self.closed else plus(self.closed, 1)
        self.entries.append(Entry(cadre, month, original, points, kind))

    def activities(self, rows) -> None:
        for row in sorted(rows, key=lambda r: (day(r["held_on"]), r["activity_ref"].encode())):
            key = (row["cadre_code"], day(row["held_on"]))
            self.slots[key] += 1
            if self.slots[key] <= 3:
                self._post(key[0], key[1], POINTS[row["type"]], "activity")

    def signups(self, rows) -> None:
        by_nik = defaultdict(list)
        for row in rows:
            claim = Claim(row["cadre_code"], day(row["reported_on"]), row["nik"], day(row["birth_date"]))
            self.claims[row["signup_ref"]] = claim
            by_nik[row["nik"]].append(claim)
        for same in by_nik.values():
            if len(same) > 1:
                for claim in same:
                    claim.state = "disputed"

    def extract(self, payload, now: str) -> None:
        _, rows = payload
        self.waiting = []  # what waits is not posted: it follows what is known
        for row in rows:
            person = self.persons.setdefault(row["NIK"], {"rows": {}})
            person |= {"birth": day(row["TGL LAHIR"]), "registered": day(row["TGL DAFTAR PERTAMA"])}
            if row["BLTH"]:
                person["rows"][row["BLTH"]] = (day(row["TGL BAYAR"]), int(row["IURAN"]), row["PROGRAM"])
        for claim in self.claims.values():
            person = self.persons.get(claim.nik)
            if claim.state == "reported" and person and person["birth"] == claim.birth:
                self._judge(claim, person)
            if claim.state == "validated":
                self._retain(claim, now)

    def _judge(self, claim: Claim, person: dict) -> None:
        begin = claim.reported - timedelta(days=3)
        if person["registered"] > claim.reported + timedelta(days=60):
            return
        if person["registered"] < begin:
            end = claim.reported - timedelta(days=4)
            start = date(end.year - (end.month <= 3), (end.month - 4) % 12 + 1, min(end.day, 28))
            if any(start < paid <= end for paid, _, _ in person["rows"].values()):
                claim.state = "rejected"
                return
        counted = [(blth, row) for blth, row in person["rows"].items() if row[0] >= begin]
        if not counted:
            return
        claim.state = "validated"
        claim.outcome = "new" if person["registered"] >= begin else "reactivated"
        claim.earned = max(claim.reported, person["registered"])
        claim.pack = min(counted)[1][2]
        if claim.outcome == "new":
            self._post(claim.cadre, claim.earned, 75 if claim.pack.endswith("JHT") else 50, "signup")

    def numbered(self, claim: Claim):
        """List (number, blth, paid on, amount) of the contributions that count for a claim."""
        rows = self.persons[claim.nik]["rows"]
        counted = sorted(
            (paid, blth, amount)
            for blth, (paid, amount, _) in rows.items()
            if paid >= claim.reported - timedelta(days=3)
        )
        return [(n, blth, paid, amount) for n, (paid, blth, amount) in enumerate(counted, 1) if n <= 60]

    def _retain(self, claim: Claim, now: str) -> None:
        for number, blth, paid, _ in self.numbered(claim):
            if number in RETENTION and number not in claim.retained:
                earned = max(date.fromisoformat(blth + "-01"), paid)
                if str(earned)[:7] > now[:7]:
                    self.waiting.append((claim, str(earned), number))
                else:
                    claim.retained.add(number)
                    self._post(claim.cadre, earned, RETENTION[number], f"retention_{number}")

    # What goes out
    def close(self, month: str):
        """Return (standings, statements, lines) of a month, and close it."""
        due = [w for w in self.waiting if w[1][:7] <= month]
        self.waiting = [w for w in self.waiting if w[1][:7] > month]
        for claim, earned, number in due:
            claim.retained.add(number)
            self._post(claim.cadre, date.fromisoformat(earned), RETENTION[number], f"retention_{number}")
        standings = self._standings(month)
        statements, lines = {}, []
        for cadre in sorted(self.terms):
            found = self._lines(cadre, month, standings)
            host_code = self.term(cadre, month)[2]
            host = self._host(cadre, month)
            carried = self.carried[cadre]
            entries = any(e.cadre == cadre and e.month == month for e in self.entries)
            if not (entries or found or carried):
                continue
            gross = sum(line[4] for line in found)
            tax = self._tax(max(0, gross + min(0, carried)), self.term(cadre, month)[3])
            balance = gross - tax + carried
            payable = balance if balance >= 10_000 else 0
            self.carried[cadre] = balance - payable
            plan = self.plans.get(self.term(cadre, month)[1], "") if month >= self.plan_from else ""
            statements[cadre] = (
                plan,
                gross,
                tax,
                gross - tax,
                carried,
                balance - payable,
                payable,
                host_code,
                host,
            )
            lines += found
        self.closed = month
        return standings, statements, sorted(lines)

    def _standings(self, month: str):
        totals = defaultdict(lambda: [0, 0])
        for entry in self.entries:
            if entry.month == month:
                totals[entry.cadre][0] += entry.points
                totals[entry.cadre][1] += entry.kind == "signup"
        out = {}
        for scope in ("branch", "region", "nation"):
            groups = defaultdict(list)
            for cadre, (points, validated) in totals.items():
                branch = self.term(cadre, month)[1]
                code = {"branch": branch, "region": REGIONS[branch], "nation": "ID"}[scope]
                groups[code].append((cadre, points, validated))
            for code, rows in groups.items():
                for cadre, points, validated in rows:
                    better = sum((p, v) > (points, validated) for _, p, v in rows)
                    out[scope, code, cadre] = (better + 1 if points > 0 else None, points, validated)
        return out

    def _now(self, cadre: str, month: str) -> dict[tuple[str, str], int]:
        """Compute the amounts of a cadre's earned month from all that is known now, by component and band."""
        _, branch, host, _ = self.term(cadre, month)
        plan = self.plans.get(branch, "") if month >= self.plan_from else ""
        packs, seen = defaultdict(int), {}
        sums, retained = defaultdict(int), 0
        for claim in self.claims.values():
            if claim.cadre != cadre or claim.state != "validated":
                continue
            if claim.outcome == "new" and str(claim.earned)[:7] == month:
                packs[claim.pack] += 1
            for number, blth, paid, amount in self.numbered(claim):
                if str(max(paid, claim.reported))[:7] == month:
                    sums[number <= 24] += amount
                if number == 6 and str(max(date.fromisoformat(blth + "-01"), paid))[:7] == month:
                    retained += 1
        new = sum(packs.values())
        if plan == "perisai-2018":
            if new:
                seen["flat_bonus", ""] = 500_000 if new >= 50 else 0
            if sums[True] or sums[False]:
                seen["contribution_share", "1-60"] = half_up(sums[True] + sums[False], "7.5")
        elif plan == "perisai-2022":
            for pack, fee in (("JKK,JKM", 10_000), ("JKK,JKM,JHT", 15_000)):
                if packs[pack]:
                    seen["acquisition_fee", pack.replace(",", "+")] = packs[pack] * fee if new >= 25 else 0
            if sums[True]:
                seen["contribution_share", "1-24"] = half_up(sums[True], "15")
            if sums[False]:
                seen["contribution_share", "25-60"] = half_up(sums[False], "5")
        elif plan == "kader-penggerak":
            for pack in packs:
                if packs[pack]:
                    seen["acquisition_fee", pack.replace(",", "+")] = packs[pack] * 5_000
            if retained:
                seen["retention_bonus", "6"] = retained * 2_500
        if plan == "perisai-2018" and host and seen:
            cut = half_up(sum(seen.values()), "10")
            if sum(seen.values()):
                seen["host_override", ""] = -cut
        return seen

    def _host_now(self, cadre: str, month: str) -> int:
        _, branch, host, _ = self.term(cadre, month)
        plan = self.plans.get(branch, "") if month >= self.plan_from else ""
        if not host or not plan.startswith("perisai"):
            return 0
        return half_up(
            sum(v for (component, _), v in self._now(cadre, month).items() if component != "host_override"),
            "10",
        )

    def _host(self, cadre: str, month: str) -> int:
        total = 0
        for earned in self._months_until(month):
            difference = self._host_now(cadre, earned) - self.host_posted[cadre, earned]
            self.host_posted[cadre, earned] += difference
            total += difference
        return total

    def _months_until(self, month: str) -> list[str]:
        first = min([e.original for e in self.entries] + [month])
        out = []
        while first <= month:
            out.append(first)
            first = plus(first, 1)
        return out

    def _lines(self, cadre: str, month: str, standings):
        lines = []
        for earned in self._months_until(month):
            now = self._now(cadre, earned)
            posted = self.posted[cadre, earned]
            for key in set(now) | set(posted):
                difference = now.get(key, 0) - posted[key]
                if (earned == month and key in now) or difference:
                    lines.append((cadre, key[0], earned, key[1], difference))
                    posted[key] += difference
        prize = self._prize(cadre, month, standings)
        if prize:
            lines.append((cadre, "rank_prize", month, "", prize))
        return lines

    def _prize(self, cadre: str, month: str, standings) -> int:
        branch = self.term(cadre, month)[1]
        if self.plans.get(branch) != "kader-penggerak" or month < self.plan_from:
            return 0
        rank, _, validated = standings.get(("branch", branch, cadre), (None, 0, 0))
        if rank is None or validated < 1:
            return 0
        sharing = sum(
            1 for (s, c, _), row in standings.items() if (s, c) == ("branch", branch) and row[0] == rank
        )
        amounts = (500_000, 300_000, 200_000)
        return sum(amounts[rank - 1 : rank - 1 + sharing]) // sharing

    def _tax(self, taxable: int, valid: bool) -> int:
        base, tax, floor = Fraction(taxable, 2), Fraction(0), 0
        for limit, rate in BRACKETS:
            top = base if limit is None else min(base, limit)
            if top > floor:
                tax += (top - floor) * rate / 100
            floor = limit or 0
            if limit is None or base <= limit:
                break
        return int(tax * (Fraction(1) if valid else Fraction(6, 5)))
