"""Users: one by what they type to sign in, and the list for admins."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, func, or_, select, true, tuple_

from portal import vault
from portal.accounts.models import User
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.nik import mask_phone
from portal.domain.phones import normalise_phone
from portal.organisation.models import Branch, RegionalOffice
from portal.organisation.queries import sees_nation
from portal.tallies.models import Tally
from portal.tallies.queries import total

PAGE = 50


@dataclass(frozen=True)
class UserFilter:
    """What an admin searches the list of users for: words of the name or e-mail address, and a role."""

    words: str = ""
    role: str = ""


def _in_scope(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a user is in the actor's scope: admins of a region see its users."""
    if actor.scope == "nation":
        return true()
    if actor.scope == "region":
        return or_(*_of_region(actor))
    return (User.scope == "branch") & (User.branch_id == actor.branch_id)


def _of_region(actor: Actor) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return who belongs to an office's branches, and who to the office itself."""
    branches = select(Branch.id).where(Branch.regional_office_id == actor.region_id)
    return (
        (User.scope == "branch") & User.branch_id.in_(branches),
        (User.scope == "region") & (User.regional_office_id == actor.region_id),
    )


def get_user(user_id: int, *, actor: Actor | None = None) -> User:
    """Return a user; with an actor, only one in scope. The operator's account is never shown."""
    wanted = select(User).where(User.id == user_id, User.role != "operator")
    if actor is not None:
        wanted = wanted.where(_in_scope(actor))
    user = db.session.scalars(wanted).one_or_none()
    if user is None:
        raise NotFound("people.no_such_user")
    return user


def actor_of(user: User) -> Actor:
    """Return a user as the actor of what happens in their name."""
    return Actor(
        user_id=user.id,
        role=user.role,
        name=user.name,
        scope=user.scope,
        branch_id=user.branch_id,
        region_id=user.regional_office_id,
    )


def find_user_by_identifier(identifier: str) -> User | None:
    """Return the user with this e-mail address or phone number, in any spelling, or None."""
    text = identifier.strip()
    if "@" in text:
        condition = User.email == text.casefold()
    else:
        try:
            condition = User.phone_hash == vault.fingerprint("phone", normalise_phone(text))
        except RuleBroken:
            return None
    return db.session.scalars(select(User).where(condition, User.role != "operator")).one_or_none()


def find_user_by_phone(phone: str, *, actor: Actor) -> User | None:
    """Return the user in scope with a phone number, in any spelling, or None."""
    user = find_user_by_identifier(phone)
    if user is None:
        return None
    return db.session.scalars(select(User).where(User.id == user.id, _in_scope(actor))).one_or_none()


def phone_mask(user_id: int) -> str:
    """Return a user's masked phone number; empty if there is none."""
    sealed = db.session.scalar(select(User.phone_sealed).where(User.id == user_id))
    return mask_phone(vault.unseal(sealed)) if sealed else ""


def _matching(actor: Actor, wanted: UserFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [User.role != "operator", _in_scope(actor)]
    if wanted.role:
        conditions.append(User.role == wanted.role)
    text = " ".join(wanted.words.split())
    if text:
        named = func.lower(User.name).contains(text.lower(), autoescape=True)
        conditions.append(named | User.email.contains(text.lower(), autoescape=True))
    return conditions


def list_users(
    actor: Actor, wanted: UserFilter, *, after: tuple[str, int] | None = None
) -> Sequence[Row[tuple[User, str, str]]]:
    """List users by name with the name of their branch or regional office; one more than fits on a page."""
    listed = (
        select(User, Branch.name.label("branch"), RegionalOffice.name.label("office"))
        .outerjoin(Branch, Branch.id == User.branch_id)
        .outerjoin(RegionalOffice, RegionalOffice.id == User.regional_office_id)
        .where(*_matching(actor, wanted))
        .order_by(User.name, User.id)
        .limit(PAGE + 1)
    )
    if after is not None:
        listed = listed.where(tuple_(User.name, User.id) > after)
    return db.session.execute(listed).all()


def all_users(actor: Actor, wanted: UserFilter) -> list[tuple[User, str]]:
    """List all users that a filter finds, by role and name, with the code of their branch or regional office."""
    rows = db.session.execute(
        select(User, Branch.code.label("branch"), RegionalOffice.code.label("office"))
        .outerjoin(Branch, Branch.id == User.branch_id)
        .outerjoin(RegionalOffice, RegionalOffice.id == User.regional_office_id)
        .where(*_matching(actor, wanted))
        .order_by(User.role, User.name, User.id),
    )
    return [(user, branch or office or "") for user, branch, office in rows]


def count_demo_accounts() -> int:
    """Count the demo accounts that can sign in: their passwords are public."""
    demo = (User.email.like("%@demo.test"), User.password_hash.is_not(None), User.is_active)
    return db.session.scalar(select(func.count()).select_from(User).where(*demo)) or 0


def count_users(actor: Actor, wanted: UserFilter) -> int:
    """Count the users that a filter finds; those of the nation are kept as a sum."""
    if sees_nation(actor) and wanted == UserFilter():
        return total("user", Tally.state != "operator")
    counted = select(func.count()).select_from(User)
    if actor.scope == "region" and wanted == UserFilter():  # each part by its own index
        parts = [counted.where(User.role != "operator", part).scalar_subquery() for part in _of_region(actor)]
        return int(db.session.execute(select(parts[0] + parts[1])).scalar_one())
    return db.session.scalar(counted.where(*_matching(actor, wanted))) or 0
