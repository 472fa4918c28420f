"""State machines, roles and second persons (rules.md 2 and 8)."""

import pytest

from portal.domain import people, states
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


@pytest.mark.parametrize("state", ["reported", "matched", "disputed"])
def test_an_undecided_signup_is_live(state: str) -> None:
    assert states.is_live(state, None)


def test_a_validated_signup_is_live_as_long_as_its_participant_is_protected() -> None:
    assert states.is_live("validated", "active")
    assert states.is_live("validated", "grace")
    assert not states.is_live("validated", "lapsed")
    assert not states.is_live("validated", None)
    assert not states.is_live("rejected", "active")
    assert not states.is_live("expired", "active")


def test_only_active_and_certified_cadres_may_submit() -> None:
    people.check_may_submit(cadre_state="active", certified=True)
    assert people.may_submit(cadre_state="active", certified=True)
    assert not people.may_submit(cadre_state="candidate", certified=True)
    with pytest.raises(RuleBroken, match=r"cadre\.not_active"):
        people.check_may_submit(cadre_state="suspended", certified=True)
    with pytest.raises(RuleBroken, match=r"cadre\.not_certified"):
        people.check_may_submit(cadre_state="active", certified=False)


def test_payment_is_held_with_its_reason() -> None:
    good = {"cadre_state": "active", "has_account": True, "account_verified": True}
    assert people.held_reason(**good) is None
    assert people.held_reason(**{**good, "cadre_state": "ended"}) == "held.not_active"
    assert people.held_reason(**{**good, "has_account": False}) == "held.no_account"
    assert people.held_reason(**{**good, "account_verified": False}) == "held.account_unverified"


def test_a_bank_account_is_verified_by_another_than_who_entered_it() -> None:
    people.check_may_enter_account(role="cadre", own=True)
    people.check_may_enter_account(role="finance", own=False)
    people.check_may_verify_account(role="finance", verifier=2, entered_by=1)
    for role, own in (("cadre", False), ("auditor", False), ("validator", True)):
        with pytest.raises(NotAllowed):
            people.check_may_enter_account(role=role, own=own)
    with pytest.raises(NotAllowed, match=r"account\.own_entry"):
        people.check_may_verify_account(role="finance", verifier=1, entered_by=1)
    with pytest.raises(NotAllowed, match=r"account\.may_not_verify"):
        people.check_may_verify_account(role="cadre", verifier=2, entered_by=1)


def test_nobody_decides_on_what_they_reported_or_prepared_themselves() -> None:
    people.check_not_own_report(decider=2, reporter=1)
    people.check_second_person(first=1, second=2)
    with pytest.raises(NotAllowed, match=r"decision\.own_report"):
        people.check_not_own_report(decider=1, reporter=1)
    with pytest.raises(NotAllowed, match=r"second_person\.needed"):
        people.check_second_person(first=1, second=1)


def test_a_refusal_keeps_its_own_copy_of_the_values() -> None:
    values: dict[str, object] = {"id": 1}
    refusal = NotFound("signups.unknown", values)
    values["id"] = 2
    assert refusal.values == {"id": 1}
    assert str(NotFound("signups.unknown")) == "signups.unknown"
