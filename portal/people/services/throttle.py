"""Slowing down who guesses passwords: failed tries are counted in the database, for all workers together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from portal import vault
from portal.domain.errors import RuleBroken
from portal.domain.phones import normalise_phone
from portal.extensions import db
from portal.people.models import LoginAttempt, User
from portal.people.queries.users import find_user_by_identifier, get_user

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
PER_ACCOUNT = 5
PER_ADDRESS = 20
IN_ALL = 1000


class TooManyTries(RuleBroken):
    """Too many failed tries; `seconds` says how long to wait. The right password works again then."""

    def __init__(self, seconds: int) -> None:
        super().__init__("people.too_many_tries", {"minutes": max(1, -(-seconds // 60))})
        self.seconds = seconds


@dataclass(frozen=True)
class Attempt:
    """A try that is counted as failed until it is said to have succeeded."""

    id: int
    user: User | None

    @property
    def password_hash(self) -> str | None:
        """Return what the password has to fit; None where nobody may sign in."""
        return self.user.password_hash if self.user is not None and self.user.is_active else None


def begin_attempt(*, identifier: str = "", user_id: int | None = None, address: str, at: datetime) -> Attempt:
    """Count a try before its password is looked at; raise TooManyTries without counting it.

    Unknown accounts are counted as known ones are, so that the answer does not tell them apart. A known
    account's row is locked for a moment: tries at the same instant are counted one after the other.
    """
    user = get_user(user_id) if user_id is not None else find_user_by_identifier(identifier)
    name = f"user:{user.id}" if user is not None else f"text:{_as_written(identifier)}"
    if user is not None:
        db.session.execute(select(User.id).where(User.id == user.id).with_for_update())
    key, since = vault.fingerprint("login", name), at - WINDOW
    last_success = select(func.max(LoginAttempt.at)).where(
        LoginAttempt.identifier_hash == key, LoginAttempt.succeeded, LoginAttempt.at > since
    )
    begun = max(db.session.scalar(last_success) or since, since)
    limits = (
        (PER_ACCOUNT, LoginAttempt.identifier_hash == key, begun),
        (PER_ADDRESS, LoginAttempt.address == address[:64], since),
        (IN_ALL, LoginAttempt.id > 0, since),
    )
    waits = [_wait(most, condition, start, at) for most, condition, start in limits]
    if max(waits):
        raise TooManyTries(max(waits))
    number = db.session.scalar(
        insert(LoginAttempt)
        .values(identifier_hash=key, address=address[:64], at=at, succeeded=False)
        .returning(LoginAttempt.id),
    )
    return Attempt(int(number or 0), user)


def _as_written(identifier: str) -> str:
    """Return an unknown identifier in one spelling: as with known ones, another spelling is no new account."""
    text = identifier.strip()
    try:
        return text.casefold() if "@" in text else normalise_phone(text)
    except RuleBroken:
        return text.casefold()


def _wait(most: int, condition: ColumnElement[bool], start: datetime, at: datetime) -> int:
    """Return the seconds until fewer than `most` failed tries lie in the window; 0 if it is so now."""
    oldest_that_counts = db.session.scalar(
        select(LoginAttempt.at)
        .where(condition, LoginAttempt.at > start, LoginAttempt.succeeded.is_(False))
        .order_by(LoginAttempt.at.desc(), LoginAttempt.id.desc())
        .offset(most - 1)
        .limit(1),
    )
    if oldest_that_counts is None:
        return 0
    return max(1, int((oldest_that_counts + WINDOW - at).total_seconds()) + 1)


def note_success(*, attempt_id: int, at: datetime) -> None:
    """Say that a try succeeded, and forget the tries of days past."""
    db.session.execute(update(LoginAttempt).where(LoginAttempt.id == attempt_id).values(succeeded=True))
    db.session.execute(delete(LoginAttempt).where(LoginAttempt.at < at - KEPT))
