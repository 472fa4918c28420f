"""Levels: a threshold begins its level, thirty threads lead to the next one (rules.md 11.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.recognition.levels import THREADS, level_of, number_of
from portal.domain.recognition.shipped import LEVELS

SHIPPED = LEVELS["thresholds"]
RISING = st.lists(st.integers(1, 100_000), min_size=1, max_size=12, unique=True).map(
    lambda one: [0, *sorted(one)]
)


@pytest.mark.parametrize(
    ("points", "number", "threads", "to_next"),
    [
        (-75, 1, 0, 325),
        (0, 1, 0, 250),
        (8, 1, 0, 242),
        (9, 1, 1, 241),
        (249, 1, 29, 1),
        (250, 2, 0, 750),
        (999, 2, 29, 1),
        (20_000, 7, 30, None),
        (99_999, 7, 30, None),
    ],
)
def test_levels_of_the_shipped_thresholds(points, number, threads, to_next):
    found = level_of(points, SHIPPED)
    assert (found.number, found.threads, found.to_next) == (number, threads, to_next)


@given(st.integers(-1_000, 200_000), RISING)
def test_a_level_holds_its_points_and_the_cloth_is_whole_only_at_the_top(points, thresholds):
    found = level_of(points, thresholds)

    assert found.number == number_of(points, thresholds) == max(1, sum(one <= points for one in thresholds))
    assert 0 <= found.threads <= THREADS
    if found.next_at is None:
        assert (found.floor, found.threads, found.to_next) == (thresholds[-1], THREADS, None)
    else:
        assert found.threads < THREADS
        assert points + (found.to_next or 0) == found.next_at
        assert level_of(found.next_at, thresholds).number == found.number + 1


@given(st.integers(0, 200_000), st.integers(0, 5_000), RISING)
def test_more_points_never_mean_fewer_threads_or_a_lower_level(points, more, thresholds):
    less, now = level_of(points, thresholds), level_of(points + more, thresholds)
    assert (less.number, less.threads) <= (now.number, now.threads)
