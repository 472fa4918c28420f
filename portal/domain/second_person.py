"""Whether two accounts belong to two people, and which accounts take two admins (rules.md 8.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

TWO_ADMINS = frozenset({"finance", "admin"})


@dataclass(frozen=True, slots=True)
class CredentialAct:
    """The creation of an account, or a reset of its password.

    `by` did it and saw the password or code; `asked_by` is the other admin where two were needed.
    """

    account: int
    by: int
    at: datetime
    asked_by: int | None = None


def needs_second_admin(role: str, *, actor_role: str) -> bool:
    """Tell whether it takes two admins to create, promote or reset an account of this role (rules.md 8.5).

    The operator at the command line is exempt.
    """
    return role in TWO_ADMINS and actor_role != "operator"


def are_two_persons(
    first: int, second: int, acts: Iterable[CredentialAct], *, at: datetime, days: int
) -> bool:
    """Tell whether two accounts belong to two people at an instant (rules.md 8.5).

    They do not if, within the last `days` days, one created or reset the other, or if one person created or reset
    both and so could sign in as either. Acts of the command line do not count: the operator is exempt.
    """
    if first == second:
        return False
    recent = [act for act in acts if at - timedelta(days=days) < act.at]
    pair = {first, second}
    for act in recent:
        if act.account in pair and pair - {act.account} & {act.by, act.asked_by}:
            return False
    hands = [{act.by for act in recent if act.account == account} for account in (first, second)]
    return not hands[0] & hands[1]
