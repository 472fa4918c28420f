"""The frozen standings of a month, streamed in the order of their export."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, select

from portal.cadres.models import Cadre
from portal.database.bulk import AT_ONCE, plain_rows
from portal.leaderboards.models import FrozenStanding

_BY_CODE = attrgetter("cadre_code")


def stream_frozen(month: str) -> Iterator[Row[Any]]:
    """Yield branches, then regions, then the nation, each by rank, the unranked last; who shares a rank by code.

    A board is read in the order of its index, so that no more is held and sorted than one rank of it.
    """
    place = FrozenStanding
    codes = defaultdict(list)
    for scope, code in plain_rows(
        select(place.scope, place.scope_code).where(place.month == month).distinct()
    ):
        codes[scope].append(code)
    fields = (place.scope, place.scope_code, place.rank, place.cadre_code)
    named = select(*fields, Cadre.name, place.points, place.validated_signups)
    named = named.join(Cadre, Cadre.id == place.cadre_id).execution_options(yield_per=AT_ONCE)
    for scope in ("branch", "region", "nation"):
        for code in sorted(codes[scope]):
            board = named.where(place.month == month, place.scope == scope, place.scope_code == code)
            ranked = plain_rows(board.where(place.rank.is_not(None)).order_by(place.rank))
            for _rank, shared in groupby(ranked, key=attrgetter("rank")):
                yield from sorted(shared, key=_BY_CODE)
            yield from sorted(plain_rows(board.where(place.rank.is_(None))), key=_BY_CODE)
