"""Levels: how far all-time points reach, and the cloth of threads on the way to the next level (rules.md 11.1)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

THREADS = 30  # of a level's cloth


@dataclass(frozen=True, slots=True)
class Level:
    """A level, counted from 1, at some points; `floor` is where it begins.

    `next_at` is where the next one begins and `to_next` how many points are missing; both None at the top.
    """

    number: int
    points: int
    floor: int
    threads: int
    next_at: int | None
    to_next: int | None


def level_of(points: int, thresholds: Sequence[int]) -> Level:
    """Return the level of all-time points, by thresholds in rising order from 0.

    A thread is a thirtieth of the way to the next level. Below 0 points it is the first level without a thread; the
    top level is a whole cloth.
    """
    number = max(1, bisect_right(thresholds, points))
    floor = thresholds[number - 1]
    if number == len(thresholds):
        return Level(number, points, floor, THREADS, None, None)
    next_at = thresholds[number]
    threads = max(0, points - floor) * THREADS // (next_at - floor)
    return Level(number, points, floor, threads, next_at, next_at - points)


def number_of(points: int, thresholds: Sequence[int]) -> int:
    """Return the level's number alone."""
    return max(1, bisect_right(thresholds, points))
