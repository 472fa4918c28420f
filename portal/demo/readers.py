"""Who read on at home: how often the links of the demo's cadres were opened in the last two weeks."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Final, cast

from sqlalchemy import Table

from portal.database import bulk
from portal.demo.people import Member
from portal.explainer.models import Opening

_DAYS: Final = 14
_MOST: Final = 300  # cadres whose links are read; more would only fill a large demo


def store_openings(members: Sequence[Member], *, last_day: date, seed: int) -> None:
    """Store openings: who works much is read more, and not every link is read every day."""
    rows = []
    for member in members[:_MOST]:
        rng = Random(f"{seed}/readers/{member.code}")
        for back in range(_DAYS):
            number = rng.choice((0, 0, 0, 1, 1, 2, 3, 5)) * (2 if member.strength > 1 else 1)
            if number and member.works:
                rows.append((member.id, last_day - timedelta(days=back), number))
    bulk.fill(cast("Table", Opening.__table__), ("cadre_id", "day", "openings"), rows)
