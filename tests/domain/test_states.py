"""State machines, who may submit, who may enter and verify an account (rules.md 2, 8.2)."""

from datetime import date, timedelta

import pytest

from portal.domain import bank_accounts, reports, states
from portal.domain.errors import NotAllowed, NotFound, RuleBroken


@pytest.mark.parametrize(
    ("machine", "state", "act", "new"),
    [
        ("cadre", "candidate", "activate", "active"),
        ("cadre", "under_investigation", "reinstate", "active"),
        ("cadre", "suspended", "end", "ended"),
        ("activity", "returned", "submit", "submitted"),
        ("activity", "approved", "withdraw", "rejected"),
        ("signup", "reported", "match", "matched"),
        ("signup", "matched", "unmatch", "reported"),
        ("signup", "disputed", "release", "reported"),
        ("signup", "expired", "match", "matched"),
        ("signup", "validated", "withdraw", "rejected"),
    ],
)
def test_the_transitions_of_the_rules_are_possible(machine: str, state: str, act: str, new: str) -> None:
    assert states.check_transition(machine, state, act) == new


@pytest.mark.parametrize(
    ("machine", "state", "act"),
    [
        ("cadre", "ended", "reinstate"),
        ("cadre", "candidate", "end"),
        ("activity", "draft", "approve"),
        ("activity", "rejected", "submit"),
        ("activity", "approved", "return"),
        ("signup", "reported", "validate"),
        ("signup", "expired", "validate"),
        ("signup", "rejected", "match"),
        ("signup", "matched", "expire"),
        ("signup", "validated", "dispute"),
    ],
)
def test_any_other_is_refused_and_says_what_was_tried(machine: str, state: str, act: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        states.check_transition(machine, state, act)
    assert caught.value.code == "state.not_possible"
    assert caught.value.values == {"machine": machine, "state": state, "act": act}
    assert "state.not_possible" in str(caught.value)


def test_every_act_of_a_table_is_listed_as_possible_in_its_state() -> None:
    for machine, table in states.MACHINES.items():
        assert {state for state, _ in table} <= set(states.states_of(machine))
        for (state, act), new in table.items():
            assert act in states.possible_acts(machine, state)
            assert states.check_transition(machine, state, act) == new
    assert states.possible_acts("activity", "rejected") == ()


def test_only_active_and_certified_cadres_may_submit() -> None:
    today = date(2026, 7, 19)
    certified = reports.Standing("active", date(2024, 5, 20), submits_until=today)
    reports.check_may_submit(certified, today)
    assert reports.obstacle_to_submit(certified, today) is None
    assert reports.obstacle_to_submit(reports.Standing("candidate", today), today) == "candidate"
    with pytest.raises(RuleBroken, match=r"cadre\.not_active"):
        reports.check_may_submit(reports.Standing("suspended", today), today)
    with pytest.raises(RuleBroken, match=r"cadre\.not_certified"):
        reports.check_may_submit(reports.Standing("active", None), today)
    with pytest.raises(RuleBroken, match=r"cadre\.certificate_over"):
        reports.check_may_submit(certified, today + timedelta(days=1))
    reports.check_may_submit(reports.Standing("active", date(2020, 1, 1)), today)  # no end is known


def test_a_bank_account_is_verified_by_another_than_who_entered_it() -> None:
    bank_accounts.check_may_enter_account(role="cadre", own=True)
    bank_accounts.check_may_enter_account(role="finance", own=False)
    bank_accounts.check_may_verify_account(role="finance", verifier=2, entered_by=1)
    for role, own in (("cadre", False), ("auditor", False), ("validator", True)):
        with pytest.raises(NotAllowed):
            bank_accounts.check_may_enter_account(role=role, own=own)
    with pytest.raises(NotAllowed, match=r"account\.own_entry"):
        bank_accounts.check_may_verify_account(role="finance", verifier=1, entered_by=1)
    with pytest.raises(NotAllowed, match=r"account\.may_not_verify"):
        bank_accounts.check_may_verify_account(role="cadre", verifier=2, entered_by=1)


def test_a_refusal_keeps_its_own_copy_of_the_values() -> None:
    values: dict[str, object] = {"id": 1}
    refusal = NotFound("signups.unknown", values)
    values["id"] = 2
    assert refusal.values == {"id": 1}
    assert str(NotFound("signups.unknown")) == "signups.unknown"
