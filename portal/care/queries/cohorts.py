"""How many participants a cadre has by state, and how many of each cohort still pay (rules.md 12.2)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.care import COHORT_AGES
from portal.domain.months import add_months, month_of
from portal.membership.models import Participant
from portal.organisation.queries import list_branches, sees_nation
from portal.tallies.models import Tally

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


def make_cohorts(counts: dict[tuple[Any, str], int], month: str) -> list[Cohort]:
    """Pick the cohorts of the ages that are looked at; one that nobody belongs to is left out."""
    found = []
    for age in COHORT_AGES:
        cohort = add_months(month, -age)
        of_states = {state: counts.get((cohort, state), 0) for state in STATES}
        if sum(of_states.values()):
            found.append(Cohort(cohort, age, **of_states))
    return found


@dataclass(frozen=True)
class Retained:
    """A cohort of a branch: the month of the validations, how long ago, and how many are in which state now."""

    branch_id: int
    cohort: Cohort


def list_retained(month: str, *, branch_ids: Collection[int] | None = None) -> list[Retained]:
    """List the cohorts that are 1, 3, 6 and 12 months old in a month, by branch, from the kept sums.

    A participant counts in the branch that the cadre was in at the validation, whoever cares for them now. Without
    branches, all of the nation. The funnel's first step, what was reported, is of home/queries/branch.py.
    """
    months = [add_months(month, -age) for age in COHORT_AGES]
    query = (
        select(Tally.branch_id, Tally.month, Tally.state, func.sum(Tally.n).label("n"))
        .where(Tally.kind == "cohort", Tally.state.in_(STATES), Tally.month.in_(months))
        .group_by(Tally.branch_id, Tally.month, Tally.state)
    )
    if branch_ids is not None:
        query = query.where(Tally.branch_id.in_(branch_ids))
    counts: defaultdict[int, dict[tuple[Any, str], int]] = defaultdict(dict)
    for row in db.session.execute(query):
        counts[row.branch_id][row.month, row.state] = int(row.n)
    return [
        Retained(branch_id, cohort)
        for branch_id, found in sorted(counts.items())
        for cohort in make_cohorts(found, month)
    ]


def list_retained_of(actor: Actor, month: str) -> list[Cohort]:
    """List the cohorts of all branches in scope together, youngest first."""
    branch_ids = None if sees_nation(actor) else [branch.id for branch in list_branches(actor)]
    counts: Counter[tuple[Any, str]] = Counter()
    for one in list_retained(month, branch_ids=branch_ids):
        counts.update({(one.cohort.month, state): getattr(one.cohort, state) for state in STATES})
    return make_cohorts(counts, month)


def average_of(branch_id: int, month: str) -> Cohort | None:
    """Add up a branch's cohorts of the last twelve months, to stand beside a cadre's own; None without any."""
    query = (
        select(Tally.state, func.sum(Tally.n))
        .where(Tally.kind == "cohort", Tally.branch_id == branch_id)
        .where(Tally.month.between(add_months(month, -12), month))
        .group_by(Tally.state)
    )
    counts = {state: int(n) for state, n in db.session.execute(query).tuples()}
    if not sum(counts.values()):
        return None
    return Cohort(month, 12, **{state: counts.get(state, 0) for state in STATES})
