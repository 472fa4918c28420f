"""Random months of points: what hypothesis draws, played in the portal and added up beside it.

A world has three regional offices, five branches and up to forty cadres, many of them with equal points; entries are
posted, taken back and posted late, cadres move, a branch changes its office, months close.
"""

from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, date, datetime

from factories import make_branch, make_host, make_region
from hypothesis import strategies as st
from sqlalchemy import insert, update

from portal.accounts.queries.sessions import get_operator
from portal.cadres.models import Cadre, CadreTerm
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.months import posted_month
from portal.domain.periods import is_month, sums_of
from portal.domain.ranking import rank as rank_of
from portal.leaderboards.services import freeze_standings
from portal.organisation.models import Branch
from portal.points.models import Month
from portal.points.services.months import lock_month
from portal.points.services.posting import NewEntry, post_entries, reverse_entry
from portal.points.services.rebuilding import place_standings
from portal.points.services.standings import settle_standings
from portal.transfers.services.terms import refresh_present, write_term

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
MONTHS, PLANNED = ("2026-09", "2026-10", "2026-11"), "2026-12"
SUMS = ("2026-Q3", "2026-Q4", "2026", "ALL")
OFFICE_OF = (0, 0, 1, 1, 2)  # of each branch

# Few values, so that many are equal; 14, 50 and 64 fill the buckets of 64 points to their edges.
DEEDS = (("activity", 14), ("activity", 50), ("activity", 64), ("signup", 50), ("signup", 50), ("fraud", -50))
# month earned, what, posted after the moves and the first close, taken back
ENTRY = st.tuples(
    st.sampled_from(MONTHS), st.sampled_from(DEEDS), st.booleans(), st.sampled_from((*[False] * 5, True))
)
MOVE = st.none() | st.none() | st.tuples(st.sampled_from((*MONTHS, PLANNED)), st.integers(1, 4))
CADRES = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(0, 4), MOVE, st.lists(ENTRY, max_size=5)),
    min_size=25,
    max_size=40,
)


class World:
    """A world as it is drawn: who belongs where from which month, and what every period's totals should be."""

    def __init__(self, places: tuple[list[int], list[int], list[int]], drawn: list) -> None:
        offices, self.branches, hosts = places
        self.hosts = (*hosts, None)  # of the cadres who begin in each branch: those of the last have none
        self.office = {branch: offices[n] for branch, n in zip(self.branches, OFFICE_OF, strict=True)}
        self.drawn, self.actor = drawn, get_operator()
        self.totals: defaultdict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
        rows = [
            {
                "code": f"K{n:03}",
                "name": name,
                "status": "active",
                "branch_id": self.branches[home],
                "host_body_id": self.hosts[home],
                "created_at": NOW,
            }
            for n, (name, home, *_) in enumerate(drawn)
        ]
        stored = db.session.scalars(insert(Cadre).returning(Cadre.id, sort_by_parameter_order=True), rows)
        self.cadres = list(stored)
        self.homes = {
            cadre: [("0000-00", self.branches[one[1]])] for cadre, one in zip(self.cadres, drawn, strict=True)
        }
        terms = [
            {"cadre_id": cadre, "from_month": month, "branch_id": branch, "host_body_id": self.hosts[one[1]]}
            for (cadre, held), one in zip(self.homes.items(), drawn, strict=True)
            for month, branch in held
        ]
        db.session.execute(insert(CadreTerm), terms)
        self.host_of = {
            cadre: [("0000-00", self.hosts[one[1]])] for cadre, one in zip(self.cadres, drawn, strict=True)
        }

    def post(self, *, late: bool) -> None:
        """Post the entries of before or after the first close, then take some of all these back."""
        entries, taken_back = [], []
        for cadre, (*_, deeds) in zip(self.cadres, self.drawn, strict=True):
            for n, (month, (kind, points), after, reversed_later) in enumerate(deeds):
                entry = NewEntry(cadre, kind, f"x:{cadre}-{n}", points, 1, date.fromisoformat(f"{month}-05"))
                if after == late:
                    entries.append(entry)
                    self._count(month, cadre, points, kind == "signup", late=late)
                if late and reversed_later:
                    taken_back.append(entry)
                    self._count(month, cadre, -points, -(kind == "signup"), late=late)
        post_entries(entries, by=Signature(self.actor, NOW))
        for entry in taken_back:
            reverse_entry(source=entry.source, kind=entry.kind, by=Signature(self.actor, NOW))
        settle_standings()

    def _count(self, earned: str, cadre: int, points: int, validated: int, *, late: bool) -> None:
        month = posted_month(earned=earned, last_closed=MONTHS[0] if late else None)
        for period in (month, *sums_of(month)):
            had = self.totals[period].get(cadre, (0, 0))
            self.totals[period][cadre] = (had[0] + points, had[1] + validated)

    def move(self) -> None:
        """Let cadres move, some of them in a month that lies ahead, and the first branch to another office."""
        for cadre, (_, home, moves, _) in zip(self.cadres, self.drawn, strict=True):
            if moves:
                month, steps = moves
                branch = self.branches[(home + steps) % len(self.branches)]
                host = self.hosts[(home + steps) % len(self.hosts)]
                write_term(
                    cadre_id=cadre, from_month=month, values={"branch_id": branch, "host_body_id": host}
                )
                self.homes[cadre].append((month, branch))
                self.host_of[cadre].append((month, host))
        refresh_present(at=NOW)
        place_standings()
        first, other = self.branches[0], self.office[self.branches[2]]
        db.session.execute(update(Branch).where(Branch.id == first).values(regional_office_id=other))
        place_standings(branch_id=first)
        self.office[first] = other

    def close(self, month: str) -> int:
        lock_month(month)
        frozen = freeze_standings(month=month)
        closed = {"status": "closed", "digest": "d" * 64, "closed_at": NOW}
        db.session.execute(update(Month).where(Month.month == month).values(closed))
        return frozen

    def place(self, cadre: int, period: str) -> dict[str, int]:
        """Where a cadre is ranked: in the branch of the month, on a board of more than a month in today's."""
        month = period if is_month(period) else MONTHS[-1]
        branch = [branch for since, branch in self.homes[cadre] if since <= month][-1]
        return {"branch": branch, "region": self.office[branch], "nation": 0}

    def teams(self, period: str) -> dict[int, tuple[int, int]]:
        """Every host body's points and members of a period, in the host body of the month, or for more of today."""
        month, found = (period if is_month(period) else MONTHS[-1]), defaultdict(lambda: (0, 0))
        for cadre, (points, _) in self.totals[period].items():
            host = [host for since, host in self.host_of[cadre] if since <= month][-1]
            if host is not None:
                had = found[host]
                found[host] = (had[0] + points, had[1] + 1)
        return dict(found)

    def boards(self, period: str) -> dict[tuple[str, int], dict[int, int | None]]:
        """Every board by the rulebook: cadre -> rank, None without points above zero."""
        members = defaultdict(list)
        for cadre, total in self.totals[period].items():
            for place in self.place(cadre, period).items():
                members[place].append((cadre, *total))
        return defaultdict(dict, {place: rank_of(rows) for place, rows in members.items()})


def make_places() -> tuple[list[int], list[int], list[int]]:
    """Three regional offices, five branches, four host bodies, by number; each world adds its cadres."""
    offices = [make_region().id for _ in range(3)]
    branches = [make_branch(regional_office_id=offices[n]).id for n in OFFICE_OF]
    return offices, branches, [make_host().id for _ in range(4)]


@contextmanager
def played(places, drawn):
    """A world with entries posted and cadres moved; nothing of it stays."""
    try:
        world = World(places, drawn)
        world.post(late=False)
        world.move()
        yield world
    finally:
        db.session.rollback()
