"""What a definition would change today, before anybody approves it: holders of a badge, cadres of each level."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.cadres.models import Cadre
from portal.database import bulk
from portal.domain.recognition.badges import earned
from portal.domain.recognition.definitions import Badge
from portal.points.models import Standing
from portal.recognition.models import BadgeAward
from portal.recognition.queries.definitions import get_book
from portal.recognition.queries.facts import ALL_TIME, gather_raw, list_people

AT_ONCE = 500
NAMED = 5


@dataclass(frozen=True)
class BadgePreview:
    """The active cadres of a branch: how many there are, hold the badge, and would get it in the next round.

    `names`: some of those who would, by code. Who holds a badge keeps it, whatever its next version asks.
    """

    active: int
    holders: int
    earning: int
    names: Sequence[str]


def preview_badge(badge: Badge, *, branch_id: int, today: date) -> BadgePreview:
    """Count who of a branch would earn a badge by what is approved today; one of a challenge is earned there."""
    query = select(Cadre.id, Cadre.name).where(Cadre.branch_id == branch_id, Cadre.status == "active")
    names = {row.id: row.name for row in bulk.plain_rows(query.order_by(Cadre.code))}
    holders = _list_holders(badge.code, list(names))
    earning = list(_list_earning(badge, [one for one in names if one not in holders], today))
    return BadgePreview(len(names), len(holders), len(earning), [names[one] for one in earning[:NAMED]])


def _list_holders(code: str, cadre_ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for some in bulk.batches(cadre_ids, AT_ONCE):
        query = select(BadgeAward.cadre_id).where(
            BadgeAward.code == code, bulk.one_of(BadgeAward.cadre_id, some)
        )
        found |= set(bulk.plain_rows(query).scalars())
    return found


def _list_earning(badge: Badge, cadre_ids: Sequence[int], today: date) -> Iterator[int]:
    book = get_book(today)
    for some in bulk.batches(cadre_ids, AT_ONCE):
        raws = gather_raw(some)
        for person in list_people(some):
            raw = raws[person.id]
            facts = raw.facts(book, raw.streak(book, today).longest_weeks)
            if badge.metric != "challenge" and earned(badge, facts) is not None:
                yield person.id


def count_levels(thresholds: Sequence[int]) -> list[int]:
    """Count the cadres of the nation with points on each level, from the first, by their points of all time."""
    query = select(Standing.points).where(Standing.period == ALL_TIME, Standing.points > 0)
    counted = Counter(bisect_right(thresholds, points) for points in bulk.plain_rows(query).scalars())
    return [counted.get(number, 0) for number in range(1, len(thresholds) + 1)]
