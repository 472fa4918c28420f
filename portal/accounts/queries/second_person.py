"""Whether two accounts belong to two people: who created or reset which account, and when (rules.md 8.5).

Every act that needs a second person asks here: approving a plan, a batch, a bank account, another admin's request.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, union_all
from sqlalchemy.orm import aliased

from portal.accounts.models import ResetCode, User
from portal.database.extensions import db
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.second_person import CredentialAct, are_two_persons
from portal.organisation.queries import parameter

_NAME = "second_person_days"


def second_person_days(at: datetime) -> int:
    """Return for how many days somebody who created or reset an account is no second person to it."""
    return int(parameter(_NAME, month=f"{at:%Y-%m}"))


def credential_acts_of(*user_ids: int, since: datetime) -> list[CredentialAct]:
    """List who created these accounts or reset their passwords since an instant, one line per act.

    A reset counts once its code was used: until then nobody but the owner could sign in. The operator's acts do not
    count.
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
    return [CredentialAct(account, by, at, asked_by) for account, by, at, asked_by in rows]


def is_second_person(first: int, second: int, *, at: datetime) -> bool:
    """Tell whether the account `second` may decide, as another person, on what the account `first` did."""
    days = second_person_days(at)
    acts = credential_acts_of(first, second, since=at - timedelta(days=days))
    return are_two_persons(first, second, acts, at=at, days=days)


def require_two_persons(*, first: int, second: int, at: datetime) -> None:
    """Refuse two accounts that do not belong to two people.

    Raises NotAllowed("second_person.needed") for one account, RuleBroken("second_person.same_hands") if one of them
    recently created or reset the other, or somebody both.
    """
    if first == second:
        raise NotAllowed("second_person.needed")
    if not is_second_person(first, second, at=at):
        raise RuleBroken("second_person.same_hands", {"days": second_person_days(at)})
