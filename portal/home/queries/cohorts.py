"""Months followed until now: reported, validated, still paying after 1, 3, 6 and 12 months (rules.md 12.2)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from portal.care.queries.cohorts import Cohort, count_cohorts, list_retained, make_cohorts
from portal.domain.actors import Actor
from portal.domain.months import add_months, month_range
from portal.home.queries.branch import Funnel, funnel_of, list_trend
from portal.organisation.queries import in_scope, sees_nation
from portal.tallies.models import Tally
from portal.tallies.queries import total_by

YEAR = 12


@dataclass(frozen=True)
class Followed:
    """How many sign-ups were reported in a month, and the cohort of those validated new in it."""

    reported: int
    cohort: Cohort


@dataclass(frozen=True)
class Month:
    """A month behind the charts of the first page: its funnel, its new participants as ranked, its cohort now."""

    month: str
    age: int
    funnel: Funnel
    new: int
    cohort: Cohort


def list_followed(actor: Actor, month: str) -> list[Followed]:
    """List the cohorts in scope that are 1, 3, 6 and 12 months old, with what was reported in their months."""
    cohorts = list_retained(actor, month)
    reported = count_reported(actor, [one.month for one in cohorts])
    return [Followed(reported.get(one.month, 0), one) for one in cohorts]


def count_reported(actor: Actor, months: Collection[str]) -> Mapping[str, int]:
    """Count the sign-ups that cadres in scope reported in these months."""
    nation = sees_nation(actor)
    here = (
        [Tally.month.in_(months)] if nation else [Tally.month.in_(months), in_scope(actor, Tally.branch_id)]
    )
    return total_by(Tally.month, "signup" if nation else "branch_signup", *here)


def list_months(actor: Actor, month: str) -> list[Month]:
    """List a month and the twelve before it, oldest first, as they stand now."""
    months = month_range(add_months(month, -YEAR), month)
    trend, counts = list_trend(actor, months), count_cohorts(actor, months)
    found = []
    for age, one, new in zip(range(YEAR, -1, -1), months, trend, strict=True):
        cohort = next(iter(make_cohorts(counts, month, [age])), Cohort(one, age, 0, 0, 0))
        found.append(Month(one, age, funnel_of(actor, one), new, cohort))
    return found
