"""Ranks, and how prize money is split (rules.md 4).

What a close freezes is ranked in SQL (leaderboards/queries/ranked.py). `rank` serves previews with entries that wait
for their month, and portal verify; tests/leaderboards/test_ranks.py holds both together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Final, TypeVar

Key = TypeVar("Key", bound=Hashable)
MIN_MEMBERS: Final = 3  # with an entry in the period, for a team to be ranked (rules.md 4.1)


def rank(rows: Iterable[tuple[Key, int, int]]) -> dict[Key, int | None]:
    """Rank by points, then validated sign-ups, both descending; equals share the rank (1, 2, 2, 4).

    ``rows``: (key, points, validated sign-ups). Only points above zero get a rank; the rest map to None.
    """
    ranks: dict[Key, int | None] = {}
    scoring: list[tuple[int, int, Key]] = []
    for key, points, validated in rows:
        ranks[key] = None
        if points > 0:
            scoring.append((-points, -validated, key))
    scoring.sort(key=lambda row: row[:2])
    place = 1
    for _, sharing in groupby(scoring, key=lambda row: row[:2]):
        keys = [row[2] for row in sharing]
        ranks.update((key, place) for key in keys)
        place += len(keys)
    return ranks


def rank_teams(teams: Iterable[tuple[Key, int, int]]) -> dict[Key, int | None]:
    """Rank teams by the exact average of their members' points; equals share the rank (rules.md 4.1, 4.2).

    ``teams``: (key, points, members with an entry). Teams of fewer than three, or not above zero, map to None.
    """
    ranks: dict[Key, int | None] = {}
    ranked: list[tuple[Fraction, Key]] = []
    for key, points, members in teams:
        ranks[key] = None
        if members >= MIN_MEMBERS and points > 0:
            ranked.append((Fraction(points, members), key))
    ranked.sort(key=lambda team: team[0], reverse=True)
    place = 1
    for _, sharing in groupby(ranked, key=lambda team: team[0]):
        keys = [key for _, key in sharing]
        ranks.update((key, place) for key in keys)
        place += len(keys)
    return ranks


def average_tenths(points: int, members: int) -> int:
    """Return an average in tenths, rounded half up: what is shown with one decimal, and never compared."""
    return (20 * points + members) // (2 * members)


def signups_to_reach(own: tuple[int, int], ahead: tuple[int, int], each: int) -> int:
    """Return how many more new sign-ups bring a cadre level with one ahead, or past them; 0 if they earn nothing.

    Both are (points, validated sign-ups); `each` is what a validated new sign-up earns, in points. Each of them also
    counts where points are equal (rules.md 4.2).
    """
    if each <= 0 or own >= ahead:
        return 0
    needed = max(1, -(-(ahead[0] - own[0]) // each))
    reached = (own[0] + needed * each, own[1] + needed)
    return needed if reached >= ahead else needed + 1


def prize_share(amounts: Sequence[int], place: int, sharing: int) -> tuple[Sequence[int], int]:
    """Return the amounts of the places that `sharing` cadres share, and the amount for each (rules.md 4.3).

    The amounts are added up and split equally, rounded down; the remainder is not paid. All in rupiah.
    """
    shared = amounts[place - 1 : place - 1 + sharing]
    return shared, sum(shared) // sharing


def split_prizes(
    ranks: Mapping[Key, int | None],
    amounts: Sequence[int],
    *,
    validated: Mapping[Key, int] | None = None,
    min_validated: int = 0,
) -> dict[Key, int]:
    """Return each winner's prize in rupiah (rules.md 4.3); those who win nothing are left out.

    A cadre with fewer than ``min_validated`` validated sign-ups keeps the rank and the share in the split but is
    paid nothing: the prize is not passed on.
    """
    sharing: defaultdict[int, list[Key]] = defaultdict(list)
    for key, place in ranks.items():
        if place is not None and place <= len(amounts):
            sharing[place].append(key)
    prizes: dict[Key, int] = {}
    for place, keys in sharing.items():
        _, each = prize_share(amounts, place, len(keys))
        for key in keys:
            if each > 0 and (min_validated <= 0 or (validated or {}).get(key, 0) >= min_validated):
                prizes[key] = each
    return prizes
