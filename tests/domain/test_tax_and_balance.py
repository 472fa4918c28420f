"""Tax, exact and rounded down once, and the balance of a statement (rules.md 6)."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.balance import settle
from portal.domain.tax import DEFAULT_TAX, SHIPPED_TABLE, read_tax_table, tax, taxable_by_object

AMOUNTS = st.integers(-(10**10), 2 * 10**11)


@pytest.mark.parametrize(
    ("gross", "with_npwp", "without"),
    [
        (1_026_000, 25_650, 30_780),
        (0, 0, 0),
        (-5, 0, 0),
        (39, 0, 1),
        (40, 1, 1),
        (120_000_000, 3_000_000, 3_600_000),
        (120_000_002, 3_000_000, 3_600_000),
        (500_000_000, 31_500_000, 37_800_000),
        (1_000_000_000, 94_000_000, 112_800_000),
        (10_000_000_000, 1_444_000_000, 1_732_800_000),
        (12_000_000_000, 1_794_000_000, 2_152_800_000),
    ],
)
def test_tax_worked_by_hand(gross: int, with_npwp: int, without: int) -> None:
    assert tax(gross, npwp_valid=True) == with_npwp
    assert tax(gross, npwp_valid=False, table=DEFAULT_TAX) == without


def exact(taxable: int) -> Fraction:
    base, due, lower = Fraction(max(taxable, 0), 2), Fraction(0), 0
    for bracket in DEFAULT_TAX["brackets"]:
        upper = bracket["up_to"]
        within = max(min(base, upper) if upper else base, lower) - lower
        due += within * int(bracket["rate"]) / 100
        lower = upper or lower
    return due


@given(AMOUNTS)
def test_tax_is_exact_surcharge_included_and_rounded_down_once(taxable: int) -> None:
    assert tax(taxable, npwp_valid=True) == floor(exact(taxable))
    assert tax(taxable, npwp_valid=False) == floor(exact(taxable) * Fraction(6, 5))


@given(AMOUNTS, st.integers(0, 10**9), st.booleans())
def test_more_income_never_means_less_tax_nor_less_net(taxable: int, more: int, valid: bool) -> None:
    before, after = tax(taxable, valid), tax(taxable + more, valid)
    assert before <= after <= before + more


def test_a_table_is_read_once_and_refuses_a_finer_rate_than_it_keeps() -> None:
    assert read_tax_table(DEFAULT_TAX) == SHIPPED_TABLE
    with pytest.raises(ValueError, match="0\\.00001"):
        read_tax_table({**DEFAULT_TAX, "base_percent": "0.00001"})


def test_a_debt_reduces_the_first_tax_object_only() -> None:
    assert taxable_by_object([("a", 100), ("b", 50)], -30) == [("a", 70), ("b", 50)]
    assert taxable_by_object([("a", 100), ("b", -50)], -130) == [("a", 0), ("b", 0)]
    assert taxable_by_object([("a", 100)], 30) == [("a", 100)]


def settled(gross: int, carried_in: int = 0, minimum: int = 10_000):
    return settle(gross, lambda taxable: tax(taxable, npwp_valid=True), carried_in, minimum)


def test_a_plain_month_is_paid_whole() -> None:
    month = settled(1_026_000)
    assert (month.tax, month.net, month.payable, month.carried_out) == (25_650, 1_000_350, 1_000_350, 0)


def test_a_small_amount_is_carried_and_not_taxed_again() -> None:
    small = settled(8_000)
    assert (small.tax, small.payable, small.carried_out) == (200, 0, 7_800)
    after = settled(4_000, carried_in=small.carried_out)
    assert (after.taxable, after.tax, after.payable, after.carried_out) == (4_000, 100, 11_700, 0)


def test_exactly_the_minimum_is_paid() -> None:
    assert settled(0, carried_in=10_000).payable == 10_000
    assert settled(0, carried_in=9_999).payable == 0


def test_a_debt_is_worked_off_before_tax() -> None:
    debt = settled(-375_000)
    assert (debt.taxable, debt.tax, debt.payable, debt.carried_out) == (0, 0, 0, -375_000)
    after = settled(500_000, carried_in=debt.carried_out)
    assert (after.taxable, after.tax, after.payable) == (125_000, 3_125, 121_875)


@given(st.lists(st.integers(-2_000_000, 3_000_000), max_size=12), st.integers(0, 100_000))
def test_over_any_months_all_gross_is_paid_taxed_or_still_carried(months: list[int], minimum: int) -> None:
    carried = paid = withheld = 0
    for gross in months:
        month = settled(gross, carried, minimum)
        assert month.gross - month.tax == month.net
        assert month.net + month.carried_in == month.balance == month.payable + month.carried_out
        assert month.payable == 0 or month.payable >= minimum
        assert month.carried_out < max(minimum, 1)
        assert month.taxable >= 0
        carried, paid, withheld = month.carried_out, paid + month.payable, withheld + month.tax
    assert sum(months) == paid + withheld + carried
