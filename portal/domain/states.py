"""The state machines of cadre, activity and sign-up as tables (rules.md 2)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.domain.errors import RuleBroken

Table = Mapping[tuple[str, str], str]  # (state, act) -> new state

# candidate -> active -> suspended | under_investigation -> active | ended
CADRE: Table = MappingProxyType(
    {
        ("candidate", "activate"): "active",
        ("active", "suspend"): "suspended",
        ("active", "investigate"): "under_investigation",
        ("suspended", "reinstate"): "active",
        ("suspended", "end"): "ended",
        ("under_investigation", "reinstate"): "active",
        ("under_investigation", "end"): "ended",
    }
)

# draft -> submitted -> approved | returned | rejected; returned -> submitted; approved -> rejected
ACTIVITY: Table = MappingProxyType(
    {
        ("draft", "submit"): "submitted",
        ("submitted", "approve"): "approved",
        ("submitted", "return"): "returned",
        ("submitted", "reject"): "rejected",
        ("returned", "submit"): "submitted",
        ("approved", "withdraw"): "rejected",
    }
)

# A sign-up is open until it is validated, rejected or withdrawn; it is live in the first three of these states.
UNDECIDED = ("reported", "matched")
LIVE = (*UNDECIDED, "disputed")
OPEN = (*LIVE, "expired")

# "release" ends a dispute in favour of a sign-up that no extract row has confirmed yet.
SIGNUP: Table = MappingProxyType(
    {
        ("reported", "match"): "matched",
        ("reported", "reject"): "rejected",
        ("reported", "dispute"): "disputed",
        ("reported", "expire"): "expired",
        ("matched", "validate"): "validated",
        ("matched", "unmatch"): "reported",
        ("matched", "reject"): "rejected",
        ("matched", "dispute"): "disputed",
        ("disputed", "release"): "reported",
        ("disputed", "match"): "matched",
        ("disputed", "reject"): "rejected",
        ("expired", "match"): "matched",
        ("validated", "withdraw"): "rejected",
    }
)

MACHINES: Mapping[str, Table] = MappingProxyType({"cadre": CADRE, "activity": ACTIVITY, "signup": SIGNUP})

WITHDRAWAL_REASONS = ("wrong_match", "fraud")  # of a validated sign-up


def check_transition(machine: str, state: str, act: str) -> str:
    """Return the new state; raise RuleBroken("state.not_possible") if the act is not possible in this state."""
    new = MACHINES[machine].get((state, act))
    if new is None:
        raise RuleBroken("state.not_possible", {"machine": machine, "state": state, "act": act})
    return new


def possible_acts(machine: str, state: str) -> tuple[str, ...]:
    """List the acts that are possible in a state, in the order of the table."""
    return tuple(act for before, act in MACHINES[machine] if before == state)


def states_of(machine: str) -> tuple[str, ...]:
    """List the states of a machine, in the order in which the table names them."""
    named = [state for (before, _), after in MACHINES[machine].items() for state in (before, after)]
    return tuple(dict.fromkeys(named))
