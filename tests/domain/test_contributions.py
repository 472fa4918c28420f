"""What a worker pays and what the family gets: the shipped table at each edge, each relief at its borders (rules.md 13)."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.contribution_schema import PROGRAMMES, SECTORS
from portal.domain.contribution_shipped import SHIPPED_TABLE
from portal.domain.contribution_tables import MAX_INCOME, Book, check_table, read_table, sources_of
from portal.domain.contributions import (
    MAX_MONTHS,
    Declared,
    benefits_of,
    due_for,
    due_in,
    next_price,
)
from portal.domain.errors import RuleBroken
from portal.domain.months import add_months, month_range
from portal.domain.plan_schema import PAYER_TYPES

TWO, THREE = ("JKK", "JKM"), PROGRAMMES
TABLE = read_table(SHIPPED_TABLE)
BOOK = Book([TABLE])

# The table written out by hand, above 2.7 million not yet compared with the official appendix: the lowest income of each
# bracket, and what JKK costs in it.
EXPECTED = [
    (1, 10_000), (1_100_000, 12_000), (1_300_000, 14_000), (1_500_000, 16_000), (1_700_000, 18_000),
    (1_900_000, 20_000), (2_200_000, 24_500), (2_700_000, 29_500), (3_200_000, 34_500), (3_700_000, 39_500),
    (4_200_000, 44_500), (4_700_000, 49_500), (5_200_000, 54_500), (5_700_000, 59_500), (6_200_000, 64_500),
    (6_700_000, 69_500), (7_200_000, 74_500), (7_700_000, 79_500), (8_200_000, 84_500), (8_700_000, 89_500),
    (9_200_000, 94_500), (9_700_000, 99_500), (10_200_000, 104_500), (10_700_000, 109_500),
    (11_200_000, 114_500), (11_700_000, 119_500), (12_200_000, 124_500), (12_700_000, 129_500),
    (13_200_000, 134_500), (13_700_000, 139_500), (14_200_000, 144_500), (14_700_000, 149_500),
    (15_200_000, 154_500), (15_700_000, 159_500), (16_200_000, 164_500), (16_700_000, 169_500),
    (17_200_000, 174_500), (17_700_000, 179_500), (18_200_000, 184_500), (18_700_000, 189_500),
    (19_200_000, 194_500), (19_700_000, 199_500), (20_200_000, 207_000),
]  # fmt: skip

INCOMES = st.one_of(
    st.integers(1, MAX_INCOME),
    st.sampled_from([edge + step for edge, _ in EXPECTED for step in (-1, 0, 1) if edge + step > 0]),
)
DECLARED = st.builds(
    Declared,
    income=INCOMES,
    programmes=st.sampled_from([TWO, THREE]),
    sector=st.sampled_from(SECTORS),
    payer=st.sampled_from(PAYER_TYPES),
)
MONTHS = st.sampled_from(month_range("2025-08", "2029-12"))


def expected_jkk(income: int) -> int:
    return [jkk for edge, jkk in EXPECTED if edge <= income][-1]


def expected(declared: Declared, month: str) -> int:
    """The price of a month, computed another way: from the written table and the windows as the law words them."""
    jkk = expected_jkk(declared.income)
    windows = {"transport": ("2026-01", "2027-03"), "other": ("2026-04", "2026-12")}
    first, last = windows[declared.sector]
    halved = first <= month <= last and declared.payer != "pemerintah"
    two = (jkk + 6_800) // 2 if halved else jkk + 6_800
    return two + (2 * jkk if "JHT" in declared.programmes else 0)


@pytest.mark.parametrize(("edge", "jkk"), EXPECTED)
def test_each_bracket_begins_at_its_edge(edge: int, jkk: int) -> None:
    for income in (edge, edge + 1):
        (work, _, savings) = due_in(BOOK, "2025-12", Declared(income, THREE)).parts
        assert (work.full, savings.full) == (jkk, 2 * jkk)
    if edge > 1:
        assert due_in(BOOK, "2025-12", Declared(edge - 1, TWO)).parts[0].full == expected_jkk(edge - 1) < jkk


def test_the_table_has_the_expected_brackets_and_no_others() -> None:
    assert [max(one.first, 1) for one in TABLE.brackets] == [edge for edge, _ in EXPECTED]
    assert [one.base // 100 for one in TABLE.brackets] == [jkk for _, jkk in EXPECTED]
    check_table(TABLE)


@given(DECLARED, MONTHS)
def test_each_month_costs_what_the_table_says(declared: Declared, month: str) -> None:
    found = due_in(BOOK, month, declared)

    assert found.due == expected(declared, month)
    assert found.due == sum(part.due for part in found.parts) == found.full - found.relief
    assert bool(found.granted) == (found.relief > 0)


@pytest.mark.parametrize(
    ("sector", "before", "first", "last", "after"),
    [
        ("transport", "2025-12", "2026-01", "2027-03", "2027-04"),
        ("other", "2026-03", "2026-04", "2026-12", "2027-01"),
    ],
)
def test_relief_begins_and_ends_with_its_months(sector, before, first, last, after) -> None:
    def price(month: str, payer: str = "mandiri", programmes: tuple[str, ...] = TWO) -> int:
        return due_in(BOOK, month, Declared(1_000_000, programmes, sector, payer)).due

    assert [price(month) for month in (before, first, last, after)] == [16_800, 8_400, 8_400, 16_800]
    assert [price(month, "donatur") for month in (before, first, last, after)] == [
        16_800,
        8_400,
        8_400,
        16_800,
    ]
    assert {price(month, "pemerintah") for month in (before, first, last, after)} == {16_800}
    assert [price(month, programmes=THREE) for month in (before, first)] == [36_800, 28_400]


@pytest.mark.parametrize(
    ("sector", "payer", "total"),
    [
        ("other", "mandiri", 84_000),
        ("transport", "mandiri", 58_800),
        ("other", "pemerintah", 100_800),
        ("transport", "pemerintah", 100_800),
    ],
)
def test_six_months_paid_ahead_over_the_end_of_a_relief(sector: str, payer: str, total: int) -> None:
    declared = Declared(1_000_000, TWO, sector, payer)

    assert due_for(BOOK, declared, first="2026-11", months=6).total == total


@given(DECLARED, MONTHS, st.integers(1, MAX_MONTHS))
def test_the_sum_is_that_of_its_months(declared: Declared, first: str, months: int) -> None:
    found = due_for(BOOK, declared, first=first, months=months)

    assert [one.month for one in found.months] == month_range(first, add_months(first, months - 1))
    assert found.total == sum(expected(declared, one.month) for one in found.months)


@given(DECLARED, MONTHS, st.integers(0, MAX_INCOME))
def test_who_declares_more_never_pays_less(declared: Declared, month: str, more: int) -> None:
    richer = Declared(
        min(declared.income + more, MAX_INCOME), declared.programmes, declared.sector, declared.payer
    )

    assert due_in(BOOK, month, declared).due <= due_in(BOOK, month, richer).due


@given(DECLARED, MONTHS)
def test_the_next_price_is_the_first_that_differs(declared: Declared, month: str) -> None:
    now = due_in(BOOK, month, declared).due
    later = [due_in(BOOK, one, declared) for one in month_range(add_months(month, 1), "2030-06")]
    found = next_price(BOOK, declared, after=month)

    assert found == next((one for one in later if one.due != now), None)


@pytest.mark.parametrize("income", [0, -1, MAX_INCOME + 1])
def test_an_income_that_nobody_has_is_refused(income: int) -> None:
    with pytest.raises(RuleBroken, match=r"contributions\.income"):
        due_in(BOOK, "2026-11", Declared(income, TWO))


@pytest.mark.parametrize("months", [0, -1, MAX_MONTHS + 1])
def test_only_a_few_months_are_paid_at_once(months: int) -> None:
    with pytest.raises(RuleBroken, match=r"contributions\.months"):
        due_for(BOOK, Declared(1_000_000, TWO), first="2026-11", months=months)


def test_no_table_holds_before_its_month_and_a_later_one_not_before_its_own() -> None:
    dearer = read_table(SHIPPED_TABLE | {"valid_from": "2027-02", "JKM": 7_000, "reliefs": []})
    book = Book([dearer, TABLE])
    worker = Declared(1_000_000, TWO)

    with pytest.raises(RuleBroken, match=r"contributions\.no_table"):
        due_in(book, "2025-07", worker)
    assert [due_in(book, month, worker).due for month in ("2026-12", "2027-01", "2027-02")] == [
        8_400,
        16_800,
        17_000,
    ]
    assert next_price(book, worker, after="2027-01") == due_in(book, "2027-02", worker)


def test_a_later_version_of_the_same_month_corrects_the_earlier() -> None:
    corrected = read_table(SHIPPED_TABLE | {"JKM": 6_900})

    assert due_in(Book([TABLE, corrected]), "2025-12", Declared(1_000_000, TWO)).due == 16_900


def test_what_a_family_gets_stands_on_the_base_and_names_its_conditions() -> None:
    found = benefits_of(TABLE, TABLE.bracket_of(2_100_000))

    assert (found.wage_full, found.wage_full_months, found.wage_later) == (2_000_000, 12, 1_000_000)
    assert (found.disability, found.death_at_work) == (112_000_000, 96_000_000)
    assert (found.death, found.waiting_months, found.death_while_waiting) == (42_000_000, 3, 10_000_000)
    assert (found.scholarship, found.children, found.scholarship_after_months) == (174_000_000, 2, 36)
    assert (found.savings, found.savings_age) == (40_000, 56)


def test_each_source_is_named_once() -> None:
    assert len(set(sources_of(TABLE))) == len(sources_of(TABLE)) == 6


def broken(**changes: object) -> dict:
    return deepcopy(SHIPPED_TABLE) | changes


def _brackets(*rows: tuple[int, int | None, int]) -> list[dict]:
    return [{"from": first, "to": last, "base": base} for first, last, base in rows]


RELIEF = SHIPPED_TABLE["reliefs"][1]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (broken(brackets=_brackets((1_000, None, 1_000))), "first_bracket"),
        (broken(brackets=_brackets((0, 9, 1_000))), "last_bracket"),
        (broken(brackets=_brackets((0, 99, 1_000), (99, None, 2_000))), "bracket_order"),
        (broken(brackets=_brackets((0, None, 1_000), (99, None, 2_000))), "bracket_order"),
        (broken(brackets=_brackets((0, 99, 3_000), (100, None, 2_000))), "bracket_order"),
        (broken(reliefs=[RELIEF | {"from": "2027-01"}]), "relief_ends_first"),
        (broken(reliefs=[RELIEF, RELIEF | {"from": "2026-12", "until": "2027-02"}]), "reliefs_meet"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(document: dict, code: str) -> None:
    with pytest.raises(RuleBroken, match=f"contributions.{code}"):
        check_table(read_table(document))


def test_two_reliefs_may_follow_each_other_or_be_of_others() -> None:
    others = [
        RELIEF | {"from": "2027-01", "until": "2027-02"},
        RELIEF | {"sector": "transport"},
        RELIEF | {"payers": ["pemerintah"]},
    ]

    check_table(read_table(broken(reliefs=[RELIEF, *others])))
