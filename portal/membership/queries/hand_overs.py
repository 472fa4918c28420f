"""Reads of hand-overs: whose a participant's payments are, and from when on (rules.md 5.4)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from portal.database import bulk
from portal.domain.care import Move, holder_on
from portal.membership.models import HandOver

NOBODY_MOVED: Sequence[Move] = ()


class HandOvers:
    """The hand-overs of some sign-ups, in the order in which they were recorded."""

    def __init__(self, rows: Iterable[Row[Any]]) -> None:
        self._moves: defaultdict[int, list[Move]] = defaultdict(list)
        self._begun: defaultdict[int, list[Move]] = defaultdict(list)
        for row in rows:
            move = Move(row.from_month, row.to_cadre_id)
            self._moves[row.signup_id].append(move)
            if row.in_force:
                self._begun[row.signup_id].append(move)

    def of(self, signup_id: int) -> Sequence[Move]:
        """Return the hand-overs of a sign-up, planned ones too."""
        return self._moves.get(signup_id, NOBODY_MOVED)

    def holder_on(self, claim: Any, day: date) -> int:
        """Return the cadre whose a payment of this day is."""
        return holder_on(claim.cadre_id, self.of(claim.id), day)

    def present_holder(self, claim: Any) -> int:
        """Return the cadre who cares for a sign-up's participant: by the last hand-over that has come into force."""
        return holder_on(claim.cadre_id, self._begun.get(claim.id, NOBODY_MOVED), date.max)


def load_hand_overs(signup_ids: Iterable[int]) -> HandOvers:
    """Load the hand-overs of sign-ups."""
    h = HandOver
    rows = bulk.plain_rows(
        select(h.signup_id, h.from_month, h.to_cadre_id, h.in_force)
        .where(bulk.one_of(h.signup_id, signup_ids))
        .order_by(h.id)
    )
    return HandOvers(rows)
