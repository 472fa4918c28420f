"""What earns points and when (rules.md 1.2 and 3)."""

import json
from datetime import date

import pytest
from domain.strategies import DAYS, MONTHS
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import points
from portal.domain.errors import RuleBroken
from portal.domain.months import first_day

RULES = points.DEFAULT_RULES


def test_the_shipped_rules_give_the_numbers_of_the_page() -> None:
    given_points = {kind: points.activity_points(RULES, kind) for kind in points.ACTIVITY_TYPES}
    assert given_points == {
        "mass_meeting": 25,
        "market_visit": 20,
        "community_meeting": 20,
        "religious_meeting": 15,
        "base_visit": 15,
        "farmer_group": 15,
        "stand": 15,
        "door_to_door": 10,
        "radio": 10,
        "renewal_visit": 10,
    }
    assert [points.signup_points(RULES, pack) for pack in points.PACKS] == [50, 75]
    assert [points.retention_points(RULES, n) for n in (3, 4, 6, 12)] == [20, 0, 30, 50]
    assert points.fraud_points(RULES) == -50
    assert points.activities_per_day(RULES) == 3


def test_the_first_three_of_a_day_earn_and_a_freed_number_is_given_again_lowest_first() -> None:
    assert [points.free_slot(RULES, taken) for taken in ((), {1}, {1, 3}, {1, 2, 3})] == [1, 2, 2, None]
    assert points.free_slot(points.NO_RULES, ()) is None


@given(st.integers(0, 9), st.sets(st.integers(1, 12)))
def test_a_slot_is_one_of_the_day_and_taken_once(per_day: int, taken: set[int]) -> None:
    slot = points.free_slot({"activities_per_day": per_day}, taken)
    free = set(range(1, per_day + 1)) - taken
    assert slot == (min(free) if free else None)


def test_the_rules_are_data_that_survive_json() -> None:
    assert json.loads(json.dumps(RULES)) == RULES


def test_an_unknown_activity_or_pack_is_refused() -> None:
    with pytest.raises(RuleBroken, match=r"activity\.unknown_type"):
        points.activity_points(RULES, "karaoke")
    with pytest.raises(RuleBroken, match=r"pack\.unknown"):
        points.signup_points(RULES, "JHT")
    with pytest.raises(RuleBroken, match=r"pack\.unknown"):
        points.parse_pack("JKK,JHT")


@pytest.mark.parametrize(
    "text", ["JKK,JKM,JHT", "jht; jkm;jkk", "JKK+JKM+JHT", "JHT JKK JKM JKK", "JKM/JKK/JHT"]
)
def test_a_pack_is_read_in_any_order(text: str) -> None:
    assert points.parse_pack(text) == "JKK,JKM,JHT"
    assert points.pack_band("JKK,JKM,JHT") == "JKK+JKM+JHT"


def test_every_kind_but_a_reversal_has_its_reversal() -> None:
    assert set(points.KINDS) == set(points.BASE_KINDS) | {
        points.reversal_kind(kind) for kind in points.BASE_KINDS
    }
    assert points.retention_kind(6) in points.BASE_KINDS
    with pytest.raises(ValueError, match="signup_reversal"):
        points.reversal_kind("signup_reversal")
    with pytest.raises(ValueError, match="4"):
        points.retention_kind(4)


@given(DAYS, MONTHS, DAYS)
def test_a_contribution_is_never_earned_before_the_signup(paid: date, blth: str, reported: date) -> None:
    assert points.earned_on_contribution("receipt", paid, blth, reported) == max(paid, reported)
    assert points.earned_on_contribution("coverage", paid, blth, reported) == max(first_day(blth), reported)
    with pytest.raises(ValueError, match="cash"):
        points.earned_on_contribution("cash", paid, blth, reported)


def test_retention_goes_by_coverage_but_not_before_it_was_paid() -> None:
    assert points.earned_on_retention(date(2026, 12, 1), date(2026, 10, 12)) == date(2026, 12, 1)
    assert points.earned_on_retention(date(2026, 12, 1), date(2027, 2, 3)) == date(2027, 2, 3)
