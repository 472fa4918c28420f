"""Who stands where, and how prize money is split (rules.md 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

TEAM_MINIMUM = 3  # members with an entry before a host body has a place


def rank(rows: Iterable[tuple[Key, int, int]]) -> dict[Key, int | None]:
    """Rank by points, then validated sign-ups, both descending; equals share the rank (1, 2, 2, 4).

    ``rows``: (key, points, validated sign-ups). Only points above zero have a rank; the rest map to None.
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


def split_prizes(
    ranks: Mapping[Key, int | None],
    amounts: Sequence[int],
    *,
    validated: Mapping[Key, int] | None = None,
    min_validated: int = 0,
) -> dict[Key, int]:
    """Give each winner's prize in rupiah (rules.md 4.3); who wins nothing is left out.

    The amounts of the places that n cadres share are added up and split equally, rounded down; what is left
    over is not paid. Who has fewer than ``min_validated`` validated sign-ups keeps the rank and the share in
    the split, and gets nothing: the prize is not passed on.
    """
    sharing: defaultdict[int, list[Key]] = defaultdict(list)
    for key, place in ranks.items():
        if place is not None and place <= len(amounts):
            sharing[place].append(key)
    prizes: dict[Key, int] = {}
    for place, keys in sharing.items():
        each = sum(amounts[place - 1 : place - 1 + len(keys)]) // len(keys)
        for key in keys:
            if each > 0 and (min_validated <= 0 or (validated or {}).get(key, 0) >= min_validated):
                prizes[key] = each
    return prizes


def team_average(points: Sequence[int]) -> Fraction | None:
    """Average a host body's members that have an entry, exactly; None for fewer than three."""
    return Fraction(sum(points), len(points)) if len(points) >= TEAM_MINIMUM else None


def rank_exactly(rows: Iterable[tuple[Key, Fraction]]) -> dict[Key, int]:
    """Rank teams by their exact average, descending; ties share."""
    ordered = sorted(rows, key=lambda row: row[1], reverse=True)
    ranks: dict[Key, int] = {}
    place = 1
    for _, sharing in groupby(ordered, key=lambda row: row[1]):
        keys = [key for key, _ in sharing]
        ranks.update((key, place) for key in keys)
        place += len(keys)
    return ranks


def one_decimal(average: Fraction) -> Decimal:
    """Round an average for show to one decimal, half away from zero; comparing uses the exact value."""
    scaled = abs(average) * 10
    tenths = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-tenths if average < 0 else tenths).scaleb(-1)
