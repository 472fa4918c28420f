"""Contributions by the month that recognises them: the one of receipt, or the one covered (rules.md 1.2).

What is stored with a contribution is its month of receipt. Only where some plan recognises by coverage are the
rows looked at one by one; otherwise the month of receipt is all there is.
"""

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, String, case, cast, func, or_, select

from portal.bulk import one_of, plain_rows
from portal.domain.plan_schema import LAST_NUMBER
from portal.incentives.queries.newcomers import Pair
from portal.membership.models import Contribution
from portal.signups.models import SignUp

# Cadre, month of receipt, month covered -> the earned month.
Recognise = Callable[[int, str, str], str]


class Recognised(NamedTuple):
    """One contribution month and the month that it is earned in."""

    id: int
    cadre_id: int
    month: str
    number: int
    payer_type: str
    amount: int


def counted() -> ColumnElement[bool]:
    """Say which contributions earn for somebody."""
    return Contribution.number.between(1, LAST_NUMBER) & Contribution.cadre_id.is_not(None)


def covered_month() -> ColumnElement[str]:
    """Give the month of the earned date by coverage: the one covered, never before the sign-up's local date."""
    reported = func.substr(cast(SignUp.reported_on, String), 1, 7)
    return case((reported > Contribution.blth, reported), else_=Contribution.blth)


def list_recognised(
    cadres: Collection[int], months: Collection[str], recognise: Recognise
) -> Iterator[Recognised]:
    """Give the contributions of some cadres that are earned in some months."""
    c = Contribution
    rows = plain_rows(
        select(c.id, c.cadre_id, c.number, c.payer_type, c.amount, c.earned_month, covered_month())
        .outerjoin(SignUp, SignUp.id == c.signup_id)
        .where(
            one_of(c.cadre_id, cadres),
            counted(),
            or_(c.earned_month.in_(months), covered_month().in_(months)),
        ),
    )
    for key, cadre_id, number, payer_type, amount, received, covered in rows:
        month = recognise(cadre_id, received, covered)
        if month in months:
            yield Recognised(key, cadre_id, month, number, payer_type, amount)


def covering(condition: ColumnElement[bool]) -> Select[tuple[int | None, str]]:
    """Select the cadres and months that contributions cover, where a condition holds."""
    return (
        select(Contribution.cadre_id, covered_month())
        .outerjoin(SignUp, SignUp.id == Contribution.signup_id)
        .where(counted(), condition)
        .distinct()
    )


def list_unsettled(month: str, *, cadre_id: int | None = None) -> set[Pair]:
    """List the pairs of cadre and month before this one that contributions received from it on may be earned in.

    Until the month of receipt closes, its plan may change, and with it which month recognises them.
    """
    query = covering((Contribution.earned_month >= month) & (covered_month() < month))
    if cadre_id is not None:
        query = query.where(Contribution.cadre_id == cadre_id)
    return {(row[0], row[1]) for row in plain_rows(query)}
