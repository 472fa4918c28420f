"""Lines of a plan, the host body's amount and late money (rules.md 6)."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from domain.strategies import FACTS, RUPIAH
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.incentives import (
    Facts,
    Line,
    all_lines,
    count_workers,
    gross,
    host_amount,
    host_base,
    late_lines,
    own_lines,
    percent,
)
from portal.domain.plan_shipped import SHIPPED_PLANS
from portal.domain.plans import read_plan

PERISAI_2018 = read_plan(SHIPPED_PLANS["perisai-2018"])
PERISAI_2022 = read_plan(SHIPPED_PLANS["perisai-2022"])
VOLUNTEERS = read_plan(SHIPPED_PLANS["kader-penggerak"])
PLANS = st.sampled_from([PERISAI_2018, PERISAI_2022, VOLUNTEERS])
MONTH = "2026-10"
BIG = "JKK,JKM,JHT"


def posted_totals(lines):
    """Add up what was posted for one earned month, by component and band, as the queries of a close do."""
    totals = {}
    for line in lines:
        totals[line.key] = totals.get(line.key, 0) + line.amount
    return totals


def new(count: int, **more: object) -> Facts:
    return Facts(**{"new_by_pack": {BIG: count}, "counting_new": count, **more})


@given(RUPIAH, st.decimals(min_value=0, max_value=100, places=4))
def test_a_percentage_is_rounded_half_up_once_and_half_away_from_zero_below(base: int, rate: Decimal) -> None:
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(base) * rate / 100
        assert percent(base, rate) == exact.quantize(Decimal(1), ROUND_HALF_UP)
    assert percent(-base, rate) == -percent(base, rate)


@pytest.mark.parametrize(
    ("base", "rate", "expected"),
    [(1_840_000, "15", 276_000), (10, "5", 1), (9, "5", 0), (-10, "5", -1), (20, "7.5", 2), (0, "15", 0)],
)
def test_percentages_worked_by_hand(base: int, rate: str, expected: int) -> None:
    assert percent(base, Decimal(rate)) == expected


def test_fifty_new_participants_with_three_programmes_make_1_026_000() -> None:
    lines = own_lines(PERISAI_2022, new(50, contributions={1: (1_840_000, 50)}, host=True), MONTH)
    assert lines == [
        Line("acquisition_fee", MONTH, "JKK+JKM+JHT", None, "15000", 50, 750_000),
        Line("contribution_share", MONTH, "1-24", 1_840_000, "15", 50, 276_000),
    ]
    assert gross(lines) == 1_026_000
    assert host_amount(PERISAI_2022, lines) == 102_600


def test_twenty_four_new_show_a_fee_line_of_nothing() -> None:
    lines = own_lines(PERISAI_2022, Facts(new_by_pack={"JKK,JKM": 20, BIG: 4}, counting_new=24), MONTH)
    assert [(line.band, line.count, line.amount) for line in lines] == [
        ("JKK+JKM", 20, 0),
        ("JKK+JKM+JHT", 4, 0),
    ]
    reached = own_lines(PERISAI_2022, Facts(new_by_pack={"JKK,JKM": 20, BIG: 5}, counting_new=25), MONTH)
    assert [line.amount for line in reached] == [200_000, 75_000]


def test_months_24_25_60_and_61_fall_into_their_bands() -> None:
    paid = dict.fromkeys((24, 25, 60, 61), (100_000, 1))
    lines = own_lines(PERISAI_2022, Facts(contributions=paid), MONTH)
    assert [(line.band, line.base, line.count, line.amount) for line in lines] == [
        ("1-24", 100_000, 1, 15_000),
        ("25-60", 200_000, 2, 10_000),
    ]
    older = own_lines(PERISAI_2018, Facts(contributions=paid), MONTH)
    assert [(line.band, line.rate, line.base, line.amount) for line in older] == [
        ("1-60", "7.5", 300_000, 22_500)
    ]


def test_a_share_is_rounded_once_on_the_sum_not_on_each_contribution() -> None:
    lines = own_lines(PERISAI_2022, Facts(contributions={1: (3, 1), 2: (3, 1), 3: (4, 1)}), MONTH)
    assert [line.amount for line in lines] == [2]  # 15 % of 10 is 1.5; singly 0 + 0 + 1


def test_the_2018_plan_takes_the_host_bodys_share_out_of_the_cadres() -> None:
    lines = own_lines(PERISAI_2018, new(50, contributions={1: (1_000_000, 50)}, host=True), MONTH)
    assert [(line.component, line.band, line.base, line.rate, line.count, line.amount) for line in lines] == [
        ("flat_bonus", "", None, "500000", 50, 500_000),
        ("contribution_share", "1-60", 1_000_000, "7.5", 50, 75_000),
        ("host_override", "", 575_000, "10", None, -57_500),
    ]
    assert gross(lines) == 517_500
    assert host_amount(PERISAI_2018, lines) == 57_500


def test_without_a_host_body_nothing_is_added_and_nothing_taken() -> None:
    lines = own_lines(PERISAI_2018, new(49, contributions={1: (1_000_000, 50)}), MONTH)
    assert [(line.component, line.amount) for line in lines] == [
        ("flat_bonus", 0),
        ("contribution_share", 75_000),
    ]
    assert host_amount(PERISAI_2018, lines, host=False) == 0
    assert host_amount(VOLUNTEERS, lines) == 0


def test_volunteers_get_a_fee_without_threshold_a_prize_and_a_retention_bonus() -> None:
    facts = Facts(
        new_by_pack={"JKK,JKM": 2, BIG: 1}, counting_new=3, retention={3: 4, 6: 2}, prizes={"branch": 500_000}
    )
    lines = own_lines(VOLUNTEERS, facts, MONTH)
    assert [(line.component, line.band, line.rate, line.count, line.amount) for line in lines] == [
        ("acquisition_fee", "JKK+JKM", "5000", 2, 10_000),
        ("acquisition_fee", "JKK+JKM+JHT", "5000", 1, 5_000),
        ("rank_prize", "branch", "", 1, 500_000),
        ("retention_bonus", "6", "2500", 2, 5_000),
    ]
    assert host_base(lines) == 15_000


def test_badges_are_paid_per_badge() -> None:
    document = {
        **SHIPPED_PLANS["kader-penggerak"],
        "components": [{"component": "badge_bonus", "amounts": {"tekun": 1_000, "pasar": 500}}],
    }
    lines = own_lines(read_plan(document), Facts(badges={"tekun": 3, "other": 9}), MONTH)
    assert lines == [Line("badge_bonus", MONTH, "tekun", None, "1000", 3, 3_000)]


def test_a_pack_that_the_plan_does_not_name_makes_no_fee_line() -> None:
    fee = {"component": "acquisition_fee", "amounts": {BIG: 15_000}}
    plan = read_plan({**SHIPPED_PLANS["perisai-2022"], "components": [fee]})
    facts = Facts(new_by_pack={"JKK,JKM": 3, BIG: 1}, counting_new=4)
    assert [(line.band, line.amount) for line in own_lines(plan, facts, MONTH)] == [("JKK+JKM+JHT", 15_000)]


def late(before: Facts, after: Facts) -> list[Line]:
    posted = posted_totals(own_lines(PERISAI_2022, before, MONTH))
    return late_lines(all_lines(PERISAI_2022, after, MONTH), posted)


def test_five_more_october_signups_in_november_make_435_000() -> None:
    assert late(new(24), new(29)) == [
        Line("acquisition_fee", MONTH, "JKK+JKM+JHT", None, "15000", 29, 435_000)
    ]


def test_one_of_25_withdrawn_as_a_wrong_match_takes_15_000_for_fraud_375_000() -> None:
    wrong_match = late(new(25), replace(new(24), counting_new=25))
    assert [line.amount for line in wrong_match] == [-15_000]
    fraud = late(new(25), new(24))
    assert [line.amount for line in fraud] == [-375_000]


def test_a_pack_that_nobody_has_any_more_is_taken_back_with_its_rate() -> None:
    taken = late(new(25), Facts(new_by_pack={"JKK,JKM": 25}, counting_new=25))
    assert [(line.band, line.rate, line.count, line.amount) for line in taken] == [
        ("JKK+JKM", "10000", 25, 250_000),
        ("JKK+JKM+JHT", "15000", 0, -375_000),
    ]


def test_what_the_plan_no_longer_makes_is_taken_back_whole() -> None:
    lines = late_lines([], {("rank_prize", "branch"): 500_000, ("flat_bonus", ""): 0}, MONTH)
    assert lines == [Line("rank_prize", MONTH, "branch", None, "", 0, -500_000)]
    with pytest.raises(ValueError, match="earned month"):
        late_lines([], {("rank_prize", "branch"): 500_000})


@given(PLANS, st.lists(FACTS, min_size=1, max_size=5))
def test_whatever_happens_later_what_was_posted_is_what_is_computed_now(plan, history: list[Facts]) -> None:
    posted = own_lines(plan, history[0], MONTH)
    host = host_amount(plan, all_lines(plan, history[0], MONTH), host=history[0].host)
    for facts in history[1:]:
        now = all_lines(plan, facts, MONTH)
        differences = late_lines(now, posted_totals(posted), MONTH)
        assert all(line.amount != 0 for line in differences)
        assert len({line.key for line in differences}) == len(differences)
        posted += differences
        host += host_amount(plan, now, host=facts.host) - host
    last = all_lines(plan, history[-1], MONTH)
    assert gross(posted) == gross(last)
    now_totals = {key: amount for key, amount in posted_totals(last).items() if amount}
    assert {key: amount for key, amount in posted_totals(posted).items() if amount} == now_totals
    assert late_lines(last, posted_totals(posted), MONTH) == []
    assert host == host_amount(plan, last, host=history[-1].host)


@given(PLANS, FACTS)
def test_an_own_line_exists_only_with_a_base_or_a_count(plan, facts: Facts) -> None:
    lines = own_lines(plan, facts, MONTH)
    assert all(line.base or line.count for line in lines)
    assert gross(lines) == gross(all_lines(plan, facts, MONTH))
    assert len({line.key for line in lines}) == len(lines)


@given(PLANS, FACTS)
def test_out_of_takes_from_the_cadre_exactly_what_the_host_body_gets(plan, facts: Facts) -> None:
    lines = own_lines(plan, facts, MONTH)
    taken = -sum(line.amount for line in lines if line.component == "host_override")
    out_of = plan.host is not None and plan.host.mode == "out_of"
    assert taken == (host_amount(plan, lines, host=facts.host) if out_of else 0)


def test_a_worker_counts_once_by_participant_or_number() -> None:
    assert count_workers([(1, "a"), (2, "b")]) == 2
    assert count_workers([(1, "a"), (1, "b")]) == 1  # two spellings, one participant
    assert count_workers([(1, "a"), (2, "a")]) == 1  # matched to the wrong participant first
    assert count_workers([(1, "a"), (2, "b"), (1, "b")]) == 1
    assert count_workers([(None, "a"), (None, "b")]) == 2
    assert count_workers([]) == 0
