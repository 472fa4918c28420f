"""Whether two accounts are two persons: who made or reset which account, and when (rules.md 8.5).

Whatever needs a second person asks here: approving a plan, a batch, a bank account, another admin's request.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import column, select, table, union_all
from sqlalchemy.orm import aliased

from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.domain.people import Touch, are_two_persons
from portal.extensions import db
from portal.people.models import ResetCode, User

# The parameters belong to the slice of points, which stands above this one in the import order.
_PARAMETERS = table("parameters", column("name"), column("from_month"), column("value"))
_NAME = "second_person_days"


def second_person_days(at: datetime) -> int:
    """Return for how many days who made or reset an account is no second person to it."""
    days = db.session.scalar(
        select(_PARAMETERS.c.value)
        .where(_PARAMETERS.c.name == _NAME, _PARAMETERS.c.from_month <= f"{at:%Y-%m}")
        .order_by(_PARAMETERS.c.from_month.desc())
        .limit(1),
    )
    if days is None:
        raise NotFound("points.no_parameter", {"name": _NAME})
    return int(days)


def touches_of(*user_ids: int, since: datetime) -> list[Touch]:
    """List who made these accounts or reset their passwords since an instant, one line per act.

    A reset counts once its code was used: until then nobody but the owner could sign in. What the operator did
    stands outside the rule.
    """
    maker = aliased(User)
    made = (
        select(User.id, User.made_by, User.created_at, User.made_beside)
        .join(maker, maker.id == User.made_by)
        .where(User.id.in_(user_ids), User.created_at > since, maker.role != "operator")
    )
    reset = (
        select(ResetCode.user_id, ResetCode.made_by, ResetCode.used_at, ResetCode.made_beside)
        .join(maker, maker.id == ResetCode.made_by)
        .where(ResetCode.user_id.in_(user_ids), ResetCode.used_at > since, maker.role != "operator")
    )
    rows: Sequence[Any] = db.session.execute(union_all(made, reset)).all()
    return [Touch(account, by, at, beside) for account, by, at, beside in rows]


def is_second_person(first: int, second: int, *, at: datetime) -> bool:
    """Tell whether the account `second` may decide, as another person, on what the account `first` did."""
    days = second_person_days(at)
    touches = touches_of(first, second, since=at - timedelta(days=days))
    return are_two_persons(first, second, touches, at=at, days=days)


def require_two_persons(*, first: int, second: int, at: datetime) -> None:
    """Refuse where two accounts are not two persons.

    Raises NotAllowed("second_person.needed") for one account, RuleBroken("second_person.same_hands") where one of
    them made or reset the other lately, or somebody both.
    """
    if first == second:
        raise NotAllowed("second_person.needed")
    if not is_second_person(first, second, at=at):
        raise RuleBroken("second_person.same_hands", {"days": second_person_days(at)})
