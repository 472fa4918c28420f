"""Shares of a cadre's work and the distance to a threshold (rules.md 11.7)."""

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.quality import Gate, Share

COUNTS = st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda two: (min(two), max(two)))


@given(COUNTS, st.integers(1, 99), st.integers(0, 30))
def test_the_distance_is_the_least_number_of_good_ones_that_opens_it(counts, percent, least):
    gate, (good, of) = Gate(percent, least), counts
    left = gate.distance(good, of)
    assert gate.is_open(good + left, of + left)
    assert left == 0 or not gate.is_open(good + left - 1, of + left - 1)


def test_nothing_mends_a_bad_one_where_all_must_be_good():
    assert Gate(100, 5).distance(4, 5) is None
    assert Gate(100, 5).distance(4, 4) == 1


@given(COUNTS)
def test_a_share_never_looks_better_than_it_is(counts):
    good, of = counts
    shown = Share(good, of).percent
    assert shown is None if of == 0 else shown * of <= 100 * good < (shown + 1) * of
