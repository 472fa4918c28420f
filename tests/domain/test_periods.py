"""Periods: months, quarters, years and all time (rules.md 4.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.errors import RuleBroken
from portal.domain.months import add_months, month_range
from portal.domain.periods import (
    KINDS,
    first_month,
    is_month,
    kind_of,
    parse_period,
    period_of,
    step,
    sums_of,
)

MONTHS = st.integers(-400, 400).map(lambda n: add_months("2026-11", n))


def test_a_month_belongs_to_its_quarter_its_year_and_all_time() -> None:
    assert sums_of("2026-11") == ("2026-Q4", "2026", "ALL")
    assert [period_of("quarter", month) for month in month_range("2026-01", "2026-12")] == [
        f"2026-Q{n}" for n in (1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4)
    ]


@pytest.mark.parametrize(
    "text", ["", "2026-Q5", "2026-Q0", "26", "2026-13", "2026-q4", "all", "2026-Q4 x", "20260", "0001"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        parse_period(text)
    assert refused.value.code == "period.malformed"


@given(MONTHS, st.sampled_from(KINDS), st.integers(-20, 20))
def test_periods_of_a_kind_follow_each_other(month: str, kind: str, n: int) -> None:
    period = period_of(kind, month)
    assert parse_period(f" {period} ") == period
    assert kind_of(period) == kind
    assert is_month(period) == (kind == "month")
    assert step(step(period, n), -n) == period
    if kind != "all":
        assert first_month(period) <= month < first_month(step(period, 1))
        assert (step(period, n) > period) == (n > 0)
