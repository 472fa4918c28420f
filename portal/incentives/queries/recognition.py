"""The month that recognises a contribution: that of its receipt, or the covered one (rules.md 1.2).

A contribution is stored with its month of receipt. Rows are looked at one by one only where some plan recognises by
coverage; otherwise the month of receipt is enough. Which month wins is decided by domain.incentives.earned_month.
"""

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, or_, select

from portal.database.bulk import one_of, plain_rows
from portal.domain.matching import LAST_EARNING_NUMBER
from portal.incentives.queries.newcomers import Pair
from portal.membership.models import Contribution
from portal.signups.models import SignUp

# (cadre, month of receipt, month covered) -> the earned month
Recognise = Callable[[int, str, str], str]


class Recognised(NamedTuple):
    """One contribution month and its earned month."""

    id: int
    cadre_id: int
    month: str
    number: int
    payer_type: str
    amount: int


def counted() -> ColumnElement[bool]:
    """Return the condition of contributions that earn for a cadre."""
    return Contribution.number.between(1, LAST_EARNING_NUMBER) & Contribution.cadre_id.is_not(None)


def covered_month() -> ColumnElement[str]:
    """Return the month of the earned date by coverage: the covered one, never before the sign-up's local date."""
    reported = func.substr(cast(SignUp.reported_on, String), 1, 7)
    return case((reported > Contribution.blth, reported), else_=Contribution.blth)


def list_recognised(
    cadres: Collection[int], months: Collection[str], recognise: Recognise
) -> Iterator[Recognised]:
    """List the contributions of some cadres that are earned in some months."""
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
        select(Contribution.cadre_id, covered_month().label("covered"))
        .outerjoin(SignUp, SignUp.id == Contribution.signup_id)
        .where(counted(), condition)
        .distinct()
    )


def list_unsettled(month: str) -> set[Pair]:
    """List the (cadre, earlier month) pairs that contributions received from this month on may be earned in.

    Until the month of receipt closes, its plan may change, and with it the month that recognises them.
    """
    return {(row[0], row[1]) for row in plain_rows(select_unsettled(literal(month)))}


def select_unsettled(month: ColumnElement[str]) -> Select[tuple[int | None, str]]:
    """Select the pairs that list_unsettled() gives."""
    return covering((Contribution.earned_month >= month) & (covered_month() < month))
