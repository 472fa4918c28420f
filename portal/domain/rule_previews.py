"""What a month's points would have been under other points rules: counted again from what earned them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from portal.domain.points import REVERSAL_SUFFIX, activities_per_day

SPARE: Final = "spare"  # approved reports that earned nothing because the day's earning ones were taken


class Earned(NamedTuple):
    """Equal entries of a cadre: their kind, the activity type or pack behind them, slot of the day, number, points.

    Of `SPARE` the slot is the place that a report would have had if more of its day earned.
    """

    cadre_id: int
    kind: str
    key: str
    slot: int | None
    entries: int
    points: int


class Difference(NamedTuple):
    """A cadre's points of the month as they were posted, and under the other rules."""

    before: int
    after: int


def count_again(rows: Iterable[Earned], document: Mapping[str, Any]) -> dict[int, Difference]:
    """Return each cadre's points of a month before and under a document; what it does not name stays as posted."""
    before: defaultdict[int, int] = defaultdict(int)
    after: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        before[row.cadre_id] += row.points
        after[row.cadre_id] += points_under(row, document)
    return {cadre_id: Difference(points, after[cadre_id]) for cadre_id, points in before.items()}


def points_under(row: Earned, document: Mapping[str, Any]) -> int:
    """Return what entries would bring under a document; a reversal takes back what its original would have brought."""
    base = row.kind.removesuffix(REVERSAL_SUFFIX)
    each = _each(base, row.key, document)
    if each is None:
        return row.points
    if base in {"activity", SPARE} and row.slot is not None and row.slot > activities_per_day(document):
        return 0
    return row.entries * (each if base == row.kind else -each)


def _each(base: str, key: str, document: Mapping[str, Any]) -> int | None:
    if base in {"activity", SPARE}:
        found = document["activities"].get(key)
    elif base == "signup":
        found = document["signup"].get(key)
    elif base.startswith("retention_"):
        found = document["retention"].get(base.removeprefix("retention_"), 0)
    else:
        found = document.get(base) if base in {"training", "fraud"} else None
    return None if found is None else int(found)
