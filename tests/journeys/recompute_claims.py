"""Sign-ups, participants and contributions, by the rules alone; imports nothing of the portal."""

from datetime import date, timedelta

from recompute_terms import POINTS, RETENTION, THREE_DAYS, Claim, Paid, day, months_before, plus


class Claims:
    """The sign-ups of the programme, and what the extracts say about them."""

    def __init__(self) -> None:
        self.claims: dict[str, Claim] = {}
        self.persons: dict[str, dict] = {}
        self.conflicts: dict[tuple[str, str], Paid] = {}
        self.dismissed: set[tuple[str, str]] = set()
        self.waiting: list[tuple[str, str, int, str]] = []  # claim, earned date, contribution month, whose
        self.closed: str | None = None
        self.newest = ""  # the month of the newest applied extract
        self.moves: dict[str, list[tuple[str, str]]] = {}  # by claim: from which month, to whom
        self.validated: dict[str, list[tuple[date, str]]] = {}  # by worker, as of the last `group`
        self.today = ""

    def signups(self, rows) -> None:
        for row in rows:
            ref, history = row["signup_ref"], row["status"] == "validated"
            claim = Claim(
                ref, row["cadre_code"], day(row["reported_on"]), row["nik"], day(row["birth_date"]), row
            )
            claim.kpj, claim.history = row["kpj"], history
            self.claims[ref] = claim
            if history:
                claim.state, claim.outcome, claim.earned = "validated", "new", claim.reported
                claim.floor = plus(self.closed, 1) if self.closed else ""
                points = 75 if row["programmes"].endswith("JHT") else 50
                self.post(claim.cadre, claim.reported, points, "signup", ref)
                self.seen["history row"] += 1
        for claim in self.claims.values():
            rivals = [other for other in self.rivals(claim) if other.state != "validated"]
            if claim.state == "reported" and self.rivals(claim):
                for one in [claim, *rivals]:
                    one.state = "disputed"

    def is_live(self, claim: Claim) -> bool:
        if claim.state == "validated":
            return not claim.person or self.status(claim.person) != "lapsed"
        return claim.state in {"reported", "disputed"}

    def status(self, nik: str) -> str:
        last = max(self.persons[nik]["rows"], default="0001-01")
        if last >= plus(self.newest, -1):
            return "active"
        return "grace" if last >= plus(self.newest, -3) else "lapsed"

    def rivals(self, claim: Claim) -> list[Claim]:
        return [c for c in self.claims.values() if c is not claim and c.nik == claim.nik and self.is_live(c)]

    def extract(self, payload, now: str) -> None:
        as_of, rows = payload
        self.today, self.newest = now[:10], as_of[:7]
        for row in rows:
            person = self.persons.setdefault(row["NIK"], {"rows": {}})
            person |= {"birth": day(row["TGL LAHIR"]), "registered": day(row["TGL DAFTAR PERTAMA"])}
            person["kpj"] = row["KPJ"] or person.get("kpj", "")
            if row["BLTH"]:
                pack = row["PROGRAM"]
                paid = Paid(
                    row["BLTH"], day(row["TGL BAYAR"]), int(row["IURAN"]), row["JENIS PEMBAYAR"], pack
                )
                self._store(row["NIK"], person, paid)
        for claim in self.claims.values():
            if claim.state == "reported" or (claim.history and not claim.person):
                self._match(claim)
            self._expire(claim, as_of)
        self.refresh()

    def _store(self, nik: str, person: dict, paid: Paid) -> None:
        stored = person["rows"].setdefault(paid.blth, paid)
        if stored[:4] != paid[:4] and (nik, paid.blth) not in self.dismissed:
            self.conflicts.setdefault((nik, paid.blth), paid)

    def _match(self, claim: Claim) -> None:
        """Find the worker by T1 or T2; names are alike in these worlds."""
        found = claim.person
        if not claim.by_hand:
            same = self.persons.get(claim.nik)
            found = claim.nik if same and same["birth"] == claim.birth else ""
            if not found and claim.kpj:
                cards = [nik for nik, person in self.persons.items() if person["kpj"] == claim.kpj]
                found = cards[0] if cards and self.persons[cards[0]]["birth"] == claim.birth else ""
                self.seen["matched by card"] += bool(found)
        if not found:
            return
        claim.person = found
        if claim.history:
            self.seen["history row linked"] += 1
        else:
            self.judge(claim)

    def verdict(self, claim: Claim) -> str:
        """Tell new, reactivated, existing member and too late apart."""
        person = self.persons[claim.person]
        if person["registered"] > claim.reported + timedelta(days=60):
            return "late"
        if person["registered"] >= claim.reported - THREE_DAYS:
            return "new"
        end = claim.reported - timedelta(days=4)
        start = months_before(end, 3)
        spared = min((beaten - THREE_DAYS for beaten in claim.beaten), default=date.max)
        for row in person["rows"].values():
            covers = row.paid <= start and row.blth > str(claim.reported)[:7]
            if row.paid < spared and (start < row.paid <= end or covers):
                return "member"
            self.seen["spared after a won dispute"] += row.paid >= spared and start < row.paid <= end
        return "reactivated"

    def judge(self, claim: Claim) -> None:
        """Validate a matched sign-up that is paid, or reject a member."""
        verdict = claim.by_hand or self.verdict(claim)
        if verdict == "member":
            claim.state = "rejected"
            self.seen["already a member"] += 1
            self.leave_disputes(claim.nik)
            return
        counted = [row for row in self.rows(claim) if row.paid >= claim.reported - THREE_DAYS]
        if not counted or (verdict == "late" and not claim.by_hand):
            return
        claim.state = "validated"
        claim.outcome = "reactivated" if verdict == "reactivated" else "new"
        claim.earned = max(claim.reported, self.persons[claim.person]["registered"])
        self.seen[claim.outcome] += 1
        if claim.outcome == "new":
            points = 75 if self.pack_of(claim).endswith("JHT") else 50
            self.post(claim.cadre, claim.earned, points, "signup", claim.ref)

    def _expire(self, claim: Claim, as_of: str) -> None:
        if claim.state == "reported" and not claim.person:
            month = plus(str(claim.reported)[:7], 3)
            if as_of[:7] >= month:  # extracts are as of a month's last day here
                claim.state = "expired"
                self.seen["expired"] += 1
                self.leave_disputes(claim.nik)

    def rows(self, claim: Claim) -> list[Paid]:
        return list(self.persons[claim.person]["rows"].values()) if claim.person else []

    def group(self) -> None:
        """Look up once which validated claims each worker has, before numbers are asked for."""
        self.validated = {}
        for claim in self.claims.values():
            if claim.state == "validated":
                self.validated.setdefault(claim.person, []).append((claim.reported, claim.ref))

    def numbered(self, claim: Claim) -> list[tuple[int, Paid]]:
        """List (number, contribution) of those that count for a validated claim and earn."""
        same = sorted(self.validated[claim.person])
        later = [reported for reported, ref in same if (reported, ref) > (claim.reported, claim.ref)]
        end = later[0] - THREE_DAYS if later else date.max
        counted = sorted(
            (row.paid, row.blth, row)
            for row in self.rows(claim)
            if claim.reported - THREE_DAYS <= row.paid < end and str(row.paid)[:7] >= claim.floor
        )
        return [(n, row) for n, (_, _, row) in enumerate(counted, 1) if n <= 60]

    def hand_over(self, ref: str, to: str, month: str) -> None:
        """Give a claim's participant to another cadre: what is paid from that month on is the new one's."""
        self.moves.setdefault(ref, []).append((month, to))
        self.seen["handed over"] += 1
        self.refresh()

    def holder(self, claim: Claim, row: Paid) -> str:
        """Return whose a payment is."""
        begun = [move for move in self.moves.get(claim.ref, ()) if move[0] <= str(row.paid)[:7]]
        newest = max((month for month, _ in begun), default="")
        return [claim.cadre, *(to for month, to in begun if month == newest)][-1]

    def pack_of(self, claim: Claim) -> str:
        """Return the pack of the first contribution month counted, as known now."""
        numbered = sorted(
            (row.paid, row.blth, row.pack)
            for row in self.rows(claim)
            if row.paid >= claim.reported - THREE_DAYS
        )
        return numbered[0][2]

    def refresh(self) -> None:
        """Post the retention steps that are reached; those in a month that has not begun wait."""
        self.waiting = []
        self.group()
        for claim in self.claims.values():
            if claim.state != "validated":
                continue
            numbers = {number: row for number, row in self.numbered(claim) if number in RETENTION}
            for number in sorted(claim.retained - set(numbers)):
                self.take_back(claim, f"retention_{number}")
                claim.retained.remove(number)
            for number in sorted(set(numbers) - claim.retained):
                row = numbers[number]
                earned = max(date.fromisoformat(f"{row.blth}-01"), row.paid)
                holder = self.holder(claim, row)
                self.seen["retention of a new cadre"] += holder != claim.cadre
                if str(earned)[:7] > self.today[:7]:
                    self.waiting.append((claim.ref, str(earned), number, holder))
                else:
                    claim.retained.add(number)
                    self.post(holder, earned, RETENTION[number], f"retention_{number}", claim.ref)

    def take_back(self, claim: Claim, kind: str) -> None:
        for entry in [e for e in self.entries if (e.source, e.kind) == (claim.ref, kind)]:
            self.post(entry.cadre, entry.original, -entry.points, f"{kind}_reversal", claim.ref)

    def leave_disputes(self, nik: str) -> None:
        """Let a disputed claim go on whose last rival is gone."""
        for claim in self.claims.values():
            if claim.nik == nik and claim.state == "disputed" and not self.rivals(claim):
                claim.state = "reported"
                self.seen["left a dispute by itself"] += 1

    # What people decide
    def withdraw(self, ref: str, kind: str) -> None:
        claim = self.claims[ref]
        late = self.closed is not None and str(claim.earned)[:7] <= self.closed
        claim.state = "rejected"
        claim.withdrawn = f"{kind}_{'after' if late else 'before'}_close"
        self.seen[f"withdrawn {claim.withdrawn}"] += 1
        if claim.outcome == "new":
            self.take_back(claim, "signup")
        for number in sorted(claim.retained):
            self.take_back(claim, f"retention_{number}")
        if kind == "fraud":
            self.post(claim.cadre, claim.earned, -50, "fraud", ref)
        self.leave_disputes(claim.nik)
        self.refresh()

    def dispute(self, ref: str) -> None:
        """Let one of several claims win; reject the others."""
        winner = self.claims[ref]
        for other in self.rivals(winner):
            winner.beaten.append(other.reported)
            if other.state == "validated":
                self.withdraw(other.ref, "wrong_match")
                self.seen["dispute won against a validated one"] += 1
            other.state = "rejected"
        if winner.state == "disputed":
            winner.state = "reported"
        self.seen["dispute decided"] += 1

    def reject(self, ref: str) -> None:
        self.claims[ref].state = "rejected"
        self.seen["rejected by hand"] += 1
        self.leave_disputes(self.claims[ref].nik)

    def hand(self, ref: str) -> None:
        claim = self.claims[ref]
        claim.person = claim.nik
        claim.by_hand = self.verdict(claim)
        self.seen["matched by hand"] += 1
        self.judge(claim)
        self.refresh()

    def conflict(self, nik: str, blth: str, accept: bool) -> None:
        new = self.conflicts.pop((nik, blth))
        self.seen[f"conflict {'accepted' if accept else 'dismissed'}"] += 1
        if accept:
            old = self.persons[nik]["rows"][blth]
            self.seen["conflict of the payer alone"] += old[:3] == new[:3]
            self.seen["conflict with another pack"] += old.pack != new.pack
            self.persons[nik]["rows"][blth] = new
            self.refresh()
        else:
            self.dismissed.add((nik, blth))


__all__ = ["POINTS", "RETENTION", "Claim", "Claims", "Paid", "day", "plus"]
