"""What the ranks of a month mean for its money: points of each cadre, and who may win a prize."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from portal.domain.plans import RankPrize


@dataclass(frozen=True, slots=True)
class StandingRow:
    """One cadre's place in one scope of a month, frozen or computed for a preview."""

    scope: str
    scope_code: str
    rank: int | None
    cadre_id: int
    cadre_code: str
    points: int
    validated_signups: int


@dataclass(slots=True)
class Standings:
    """What a month's statements need of its standings; filled while the rows pass by."""

    last_rank: int = 0
    points: dict[int, int] = field(default_factory=dict)
    places: dict[tuple[int, str], StandingRow] = field(default_factory=dict)
    sharing: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def note(self, rows: Iterable[StandingRow]) -> Iterator[StandingRow]:
        """Remember points and the ranks that may win, and pass the rows on."""
        for row in rows:
            if row.scope == "nation":
                self.points[row.cadre_id] = row.points
            if row.rank is not None and row.rank <= self.last_rank:
                self.places[row.cadre_id, row.scope] = row
                self.sharing[row.scope, row.scope_code, row.rank] += 1
            yield row

    def prize(self, cadre_id: int, prize: RankPrize) -> tuple[int, dict[str, object] | None]:
        """Give what a cadre wins in rupiah, and the place behind it (rules.md 4.3)."""
        row = self.places.get((cadre_id, prize.scope))
        if row is None or row.rank is None or row.rank > len(prize.amounts):
            return 0, None
        if row.validated_signups < prize.min_validated:
            return 0, None
        sharing = self.sharing[row.scope, row.scope_code, row.rank]
        amounts = prize.amounts[row.rank - 1 : row.rank - 1 + sharing]
        details: dict[str, object] = {
            "rank": row.rank,
            "sharing": sharing,
            "scope_code": row.scope_code,
            "amounts": list(amounts),
        }
        return sum(amounts) // sharing, details
