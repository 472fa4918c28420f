"""Who holds a NIK: what happens when a cadre reports one that is reported already (rules.md 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.domain.errors import RuleBroken
from portal.domain.states import UNDECIDED, check_transition


@dataclass(frozen=True, slots=True)
class Claim:
    """A live sign-up with the NIK in question."""

    id: int
    ref: str
    cadre_id: int
    status: str
    reported_on: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """The status a new claim gets, and the ids of the earlier claims that become disputed with it."""

    status: str
    disputes: tuple[int, ...] = ()


def weigh_claim(live: Sequence[Claim], *, cadre_id: int, status: str = "reported") -> Verdict:
    """Weigh a new claim against the live claims of the same NIK.

    The same cadre again: RuleBroken("signups.already_yours"), pointing to the first claim. Other claims undecided:
    all become disputed. Another claim validated: only the new one is disputed, and the validated one keeps earning.
    """
    for claim in live:
        if claim.cadre_id == cadre_id:
            day = f"{claim.reported_on:%d/%m/%Y}"
            raise RuleBroken("signups.already_yours", {"ref": claim.ref, "day": day})
    if not live:
        return Verdict(status)
    return Verdict("disputed", tuple(claim.id for claim in live if claim.status in UNDECIDED))


def state_after_dispute(participant_id: int | None, outcome: str | None) -> str:
    """Return the status of a claim after its dispute: matched if a match is stored, else reported."""
    matched = participant_id is not None and outcome is not None
    return check_transition("signup", "disputed", "match" if matched else "release")
