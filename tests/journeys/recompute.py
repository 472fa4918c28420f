"""A plain recomputation of standings, statements, lines and host amounts from the files of a world.

Written from the rules alone; it imports nothing of the portal and shares no code with it. Everything is computed
from scratch at each close. `seen` counts which corner cases of the rules a world has reached.
"""

from collections import Counter, defaultdict
from datetime import date

from recompute_claims import POINTS, RETENTION, Claim, Claims, Paid, day, plus
from recompute_plans import SHIPPED, Facts, half_up, host_base, override, plan_lines, prizes_of, tax_on

REGIONS = {"B1": "R1", "B2": "R2", "B3": "R2", "B4": "R1"}


class Entry:
    def __init__(self, cadre: str, month: str, original: str, points: int, kind: str, source: str) -> None:
        self.cadre, self.month, self.original = cadre, month, original
        self.points, self.kind, self.source = points, kind, source


class Recomputation(Claims):
    """The whole programme, kept in dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.documents = {code: [("0000-00", document)] for code, document in SHIPPED.items()}
        self.assigned: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.terms: dict[str, list[tuple[str, str, str, bool]]] = defaultdict(list)
        self.entries: list[Entry] = []
        self.slots: dict[tuple[str, date], int] = defaultdict(int)
        self.posted: dict[tuple[str, str], dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
        self.host_posted: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        self.prizes: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        self.carried: dict[str, int] = defaultdict(int)

    # What comes in
    def document(self, document: dict) -> None:
        self.documents.setdefault(document["code"], []).append((document["valid_from"], document))

    def plan(self, payload) -> None:
        code, branch, month = payload
        self.assigned[branch].append((month, code))

    def plan_of(self, cadre: str, month: str):
        """Return (code, document) that a cadre has in a month."""
        branch = self.term(cadre, month)[1]
        found = [code for start, code in self.assigned[branch] if start <= month]
        if not found:
            return "", None
        versions = [document for start, document in self.documents[found[-1]] if start <= month]
        return found[-1], versions[-1]

    def cadres(self, rows) -> None:
        for row in rows:
            code = row["cadre_code"]
            term = (row["branch_code"], row["host_code"], row["npwp_valid"] == "ya")
            if not self.terms[code]:
                self.terms[code] = [("0000-00", *term)]
                continue
            before = self.terms[code][-1]
            self.seen["branch change"] += before[1] != term[0]
            self.seen["host change"] += before[2] != term[1]
            start = plus(self.closed, 1) if self.closed else "0000-00"
            self.terms[code] = [t for t in self.terms[code] if t[0] != start] + [(start, *term)]

    def term(self, cadre: str, month: str):
        return max((t for t in self.terms[cadre] if t[0] <= month), key=lambda t: t[0])

    def post(self, cadre: str, earned: date | str, points: int, kind: str, source: str) -> None:
        original = str(earned)[:7]
        month = original if not self.closed or original > self.closed else plus(self.closed, 1)
        self.entries.append(Entry(cadre, month, original, points, kind, source))

    def activities(self, rows) -> None:
        for row in sorted(rows, key=lambda r: (day(r["held_on"]), r["activity_ref"].encode())):
            key = (row["cadre_code"], day(row["held_on"]))
            self.slots[key] += 1
            if self.slots[key] <= 3:
                self.post(key[0], key[1], POINTS[row["type"]], "activity", row["activity_ref"])

    # What goes out
    def close(self, month: str):
        """Return (standings, statements, lines, hosts) of a month, and close it."""
        due = [w for w in self.waiting if w[1][:7] <= month]
        self.waiting = [w for w in self.waiting if w[1][:7] > month]
        for ref, earned, number, holder in due:
            claim = self.claims[ref]
            claim.retained.add(number)
            self.post(holder, earned, RETENTION[number], f"retention_{number}", ref)
        self.group()
        standings = self._standings(month)
        statements, lines, hosts = {}, [], []
        for cadre in sorted(self.terms):
            found = self._lines(cadre, month, standings)
            shares = self._hosts(cadre, month)
            carried = self.carried[cadre]
            entries = any(e.cadre == cadre and e.month == month for e in self.entries)
            if entries or found or carried or shares:
                statements[cadre] = self._statement(cadre, month, found, shares, carried)
            lines += found
            hosts += shares
        self.closed = month
        return standings, statements, sorted(lines), sorted(hosts)

    def _statement(self, cadre: str, month: str, lines, shares, carried: int):
        gross, valid = sum(line[-1] for line in lines), self.term(cadre, month)[3]
        tax = tax_on(max(0, gross + min(0, carried)), valid)
        balance = gross - tax + carried
        payable = balance if balance >= 10_000 else 0
        self.carried[cadre] = left = balance - payable
        self.seen["debt"] += left < 0
        self.seen["small amount carried"] += left > 0
        host = sum(share[-1] for share in shares)
        names = (self.plan_of(cadre, month)[0], self.term(cadre, month)[2])
        return (names[0], gross, tax, gross - tax, carried, left, payable, names[1], host)

    def _standings(self, month: str):
        totals = defaultdict(lambda: [0, 0])
        for entry in self.entries:
            if entry.month == month:
                totals[entry.cadre][0] += entry.points
                totals[entry.cadre][1] += {"signup": 1, "signup_reversal": -1}.get(entry.kind, 0)
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

    def facts(self, cadre: str, month: str) -> Facts:
        """Gather what is known now of a cadre's earned month."""
        facts = Facts()
        for claim in self.claims.values():
            own = claim.cadre == cadre
            if not own and claim.ref not in self.moves:
                continue
            if own and claim.outcome == "new" and not claim.history and str(claim.earned)[:7] == month:
                self._count(claim, facts)
            if claim.state == "validated":
                for number, row in self.numbered(claim):
                    if self.holder(claim, row) != cadre:
                        continue
                    self.seen["contribution of a new cadre"] += not own
                    if self._earned_in(claim, row) == month:
                        facts.paid.append((number, row.payer, row.amount))
                    if max(row.blth, str(row.paid)[:7]) == month:
                        facts.reached[number] += 1
        return facts

    def _earned_in(self, claim: Claim, row: Paid) -> str:
        """Return a contribution's one earned month, as recognised by the plan in the month of its receipt."""
        received = str(max(row.paid, claim.reported))[:7]
        covered = max(row.blth, str(claim.reported)[:7])
        holder = self.holder(claim, row)
        _, plan = self.plan_of(holder, received)
        _, plan = (None, plan) if plan else self.plan_of(holder, covered)
        by_coverage = plan is not None and plan["recognition"] == "coverage"
        self.seen["share by the month covered"] += by_coverage and received != covered
        return covered if by_coverage else received

    def _count(self, claim: Claim, facts: Facts) -> None:
        if claim.state == "validated":
            self.seen["worker counted once"] += claim.person in facts.counting
            facts.packs[self.pack_of(claim)] += 1
        if claim.state == "validated" or claim.withdrawn == "wrong_match_after_close":
            facts.counting.add(claim.person)

    def _now(self, cadre: str, month: str) -> dict[tuple[str, str], tuple]:
        """Compute a cadre's lines of an earned month from everything known now, without prizes."""
        _, plan = self.plan_of(cadre, month)
        if plan is None:
            return {}
        lines = plan_lines(plan, self.facts(cadre, month))
        cut = override(plan)
        if cut and cut["mode"] == "out_of" and self.term(cadre, month)[2]:
            base = host_base(lines)
            lines["host_override", ""] = (base, cut["rate"], None, -half_up(base, cut["rate"]))
        return lines

    def _hosts(self, cadre: str, month: str):
        """Give (cadre, earned month, host, base, amount) as differences to what was posted."""
        out = []
        for earned in self._months_until(month):
            host, (_, plan) = self.term(cadre, earned)[2], self.plan_of(cadre, earned)
            if not host or plan is None or not override(plan):
                continue
            base = host_base(self._now(cadre, earned))
            now = (base, half_up(base, override(plan)["rate"]))
            had = self.host_posted[cadre, earned]
            if tuple(had) != now:
                out.append((cadre, earned, host, now[0] - had[0], now[1] - had[1]))
                self.seen["late host amount"] += earned != month
                self.host_posted[cadre, earned] = list(now)
        return out

    def _months_until(self, month: str) -> list[str]:
        first = min([e.original for e in self.entries] + [month])
        out = []
        while first <= month:
            out.append(first)
            first = plus(first, 1)
        return out

    def _lines(self, cadre: str, month: str, standings):
        """Give (cadre, component, earned month, band, base, rate, count, amount)."""
        lines = []
        for earned in self._months_until(month):
            posted = self.posted[cadre, earned]
            for key, (base, rate, count, amount) in self._now(cadre, earned).items():
                difference = amount - posted[key]
                if difference or (earned == month and (base or count)):
                    lines.append((cadre, key[0], earned, key[1], base, rate, count, difference))
                    self._see(key, earned == month, difference)
                    posted[key] += difference
        for scope, won in self._prizes(cadre, month, standings).items():
            lines.append((cadre, "rank_prize", month, scope, None, "", 1, won))
            self.prizes[cadre, month][scope] = won
        for earned, scope in self._clawed_back(cadre, month):
            taken = self.prizes[cadre, earned].pop(scope)
            self.seen["prize taken back"] += 1
            lines.append((cadre, "rank_prize", earned, scope, None, "", 0, -taken))
        return lines

    def _see(self, key: tuple[str, str], own: bool, amount: int) -> None:
        sign = "negative" if amount < 0 else "positive"
        self.seen[f"{key[0]} {'own' if own else 'late ' + sign}"] += amount != 0
        self.seen[f"band {key[1]}"] += amount != 0

    def _prizes(self, cadre: str, month: str, standings) -> dict[str, int]:
        out, (_, plan) = {}, self.plan_of(cadre, month)
        branch = self.term(cadre, month)[1]
        for part in prizes_of(plan) if plan else ():
            scope, amounts = part["scope"], part["amounts"]
            code = {"branch": branch, "region": REGIONS[branch], "nation": "ID"}[scope]
            rank, _, validated = standings.get((scope, code, cadre), (None, 0, 0))
            if rank is None or validated < part.get("min_validated", 1):
                continue
            sharing = sum(key[:2] == (scope, code) and row[0] == rank for key, row in standings.items())
            won = sum(amounts[rank - 1 : rank - 1 + sharing]) // sharing
            self.seen["prize shared"] += sharing > 1 and won > 0
            if won:
                out[scope] = won
        return out

    def _clawed_back(self, cadre: str, month: str):
        """List the closed months and scopes of a cadre whose prize a fraud proven in this month takes back."""
        frauds = {e.source for e in self.entries if (e.cadre, e.month, e.kind) == (cadre, month, "fraud")}
        mine = [e for e in self.entries if e.cadre == cadre and e.source in frauds]
        months = {e.month for e in mine if e.points > 0 and e.month < month}
        return [(earned, scope) for earned in sorted(months) for scope in sorted(self.prizes[cadre, earned])]
