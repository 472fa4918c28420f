"""How many participants a cadre has by state, and how many of each cohort still pay (rules.md 12.2)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.care import COHORT_AGES, percent
from portal.domain.months import add_months, month_of, month_range
from portal.membership.models import Participant
from portal.organisation.queries import in_scope
from portal.tallies.models import Tally

STATES = ("active", "grace", "lapsed")
Counts = Mapping[tuple[Any, str], int]  # (month, state) -> how many


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

    @property
    def share(self) -> int:
        """Return the share that still pays, in whole per cent."""
        return percent(self.active, self.total)


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
    """Count a cadre's participants by state and by the month in which they were new."""
    month = Participant.cohort_month
    rows = db.session.execute(
        select(month.label("month"), Participant.status, func.count().label("n"))
        .where(Participant.cadre_id == cadre_id)
        .group_by(month, Participant.status)
    ).all()
    counts = {(row.month, row.status): int(row.n) for row in rows}
    totals = {state: sum(n for (_, one), n in counts.items() if one == state) for state in STATES}
    return Standing(**totals, cohorts=make_cohorts(counts, month_of(today)))


def make_cohorts(counts: Counts, month: str, ages: Sequence[int] = COHORT_AGES) -> list[Cohort]:
    """Pick the cohorts of these ages in a month; one that nobody belongs to is left out."""
    found = []
    for age in ages:
        cohort = add_months(month, -age)
        of_states = {state: counts.get((cohort, state), 0) for state in STATES}
        if sum(of_states.values()):
            found.append(Cohort(cohort, age, **of_states))
    return found


def count_cohorts(actor: Actor, months: Collection[str]) -> Counts:
    """Count those who were new in these months by month and state now, in all branches in scope, from the kept sums.

    A participant counts in the branch that the cadre was in at the validation, whoever cares for them now.
    """
    query = (
        select(Tally.month, Tally.state, func.sum(Tally.n).label("n"))
        .where(Tally.kind == "cohort", Tally.state.in_(STATES), Tally.month.in_(months))
        .where(in_scope(actor, Tally.branch_id))
        .group_by(Tally.month, Tally.state)
    )
    return {(row.month, row.state): int(row.n) for row in db.session.execute(query)}


def list_retained(actor: Actor, month: str) -> list[Cohort]:
    """List the cohorts in scope that are 1, 3, 6 and 12 months old in a month, youngest first."""
    return make_cohorts(count_cohorts(actor, [add_months(month, -age) for age in COHORT_AGES]), month)


def average_of(branch_id: int, month: str) -> Cohort | None:
    """Add up a branch's cohorts of the last twelve months, to stand beside a cadre's own; None without any."""
    # Each month by its key: a range would read the rows of the other branches, too.
    months = month_range(add_months(month, -12), month)
    query = (
        select(Tally.state, func.sum(Tally.n))
        .where(Tally.kind == "cohort", Tally.state.in_(STATES), Tally.month.in_(months))
        .where(Tally.branch_id == branch_id)
        .group_by(Tally.state)
    )
    counts = {state: int(n) for state, n in db.session.execute(query).tuples()}
    if not sum(counts.values()):
        return None
    return Cohort(month, 12, **{state: counts.get(state, 0) for state in STATES})
