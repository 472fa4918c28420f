"""What a month's money needs of its ranks: each cadre's points, and who may win a prize."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from portal.domain.plans import RankPrize
from portal.domain.ranking import prize_share


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


@dataclass(frozen=True, slots=True)
class Standings:
    """What a month's statements need of its standings: each cadre's points, and the places that may win a prize."""

    points: dict[int, int] = field(default_factory=dict)
    places: dict[tuple[int, str], StandingRow] = field(default_factory=dict)
    sharing: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    @classmethod
    def of(cls, rows: Iterable[StandingRow], *, last_rank: int) -> Self:
        """Build them from all rows of a month; ranks after `last_rank` win nothing."""
        standings = cls()
        for row in rows:
            if row.scope == "nation":
                standings.points[row.cadre_id] = row.points
            if row.rank is not None and row.rank <= last_rank:
                standings.places[row.cadre_id, row.scope] = row
                standings.sharing[row.scope, row.scope_code, row.rank] += 1
        return standings

    def prize(self, cadre_id: int, prize: RankPrize) -> tuple[int, dict[str, object] | None]:
        """Return a cadre's prize in rupiah, and the place that won it (rules.md 4.3)."""
        row = self.places.get((cadre_id, prize.scope))
        if row is None or row.rank is None or row.rank > len(prize.amounts):
            return 0, None
        if row.validated_signups < prize.min_validated:
            return 0, None
        sharing = self.sharing[row.scope, row.scope_code, row.rank]
        amounts, each = prize_share(prize.amounts, row.rank, sharing)
        details: dict[str, object] = {
            "rank": row.rank,
            "sharing": sharing,
            "scope_code": row.scope_code,
            "amounts": list(amounts),
        }
        return each, details
