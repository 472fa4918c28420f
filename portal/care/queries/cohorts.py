"""How many participants a cadre has by state, and how many of each cohort still pay (rules.md 12.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from portal.database.extensions import db
from portal.domain.care import COHORT_AGES
from portal.domain.months import add_months, month_of
from portal.membership.models import Participant
from portal.signups.models import SignUp

STATES = ("active", "grace", "lapsed")


@dataclass(frozen=True)
class Cohort:
    """Of the participants validated new in a month, how many are active, in grace and lapsed now (rules.md 12.2)."""

    month: str
    age: int
    active: int
    grace: int
    lapsed: int

    @property
    def total(self) -> int:
        """Count them all."""
        return self.active + self.grace + self.lapsed


@dataclass(frozen=True)
class Standing:
    """How many participants a cadre has by state, and the cohorts that are 1, 3, 6 and 12 months old."""

    active: int
    grace: int
    lapsed: int
    cohorts: Sequence[Cohort]

    @property
    def total(self) -> int:
        """Count them all."""
        return self.active + self.grace + self.lapsed


def count_states(cadre_id: int, today: date) -> Standing:
    """Count a cadre's participants by state and by the month of their validation."""
    new = case((SignUp.outcome == "new", SignUp.earned_month), else_=None)
    rows = db.session.execute(
        select(new.label("month"), Participant.status, func.count().label("n"))
        .join(SignUp, SignUp.id == Participant.signup_id)
        .where(Participant.cadre_id == cadre_id)
        .group_by(new, Participant.status)
    ).all()
    counts = {(row.month, row.status): int(row.n) for row in rows}
    totals = {state: sum(n for (_, one), n in counts.items() if one == state) for state in STATES}
    return Standing(**totals, cohorts=make_cohorts(counts, month_of(today)))


def make_cohorts(counts: dict[tuple[Any, str], int], month: str) -> list[Cohort]:
    """Pick the cohorts of the ages that are looked at; one that nobody belongs to is left out."""
    found = []
    for age in COHORT_AGES:
        cohort = add_months(month, -age)
        of_states = {state: counts.get((cohort, state), 0) for state in STATES}
        if sum(of_states.values()):
            found.append(Cohort(cohort, age, **of_states))
    return found
