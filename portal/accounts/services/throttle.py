"""Slowing down password guessing: failed tries are counted in the database, for all workers together.

Each way to an account has its own lane (domain/throttle.py), so that nobody can lock somebody else out: a device
that signed in before is never stopped by strangers, and reset codes are counted apart from passwords.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from portal import audit, vault
from portal.accounts.models import LoginAttempt, User
from portal.accounts.queries.sessions import get_operator
from portal.accounts.queries.users import find_user_by_identifier, get_user
from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.domain import throttle as pace
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.phones import normalise_phone
from portal.domain.throttle import Device, Pace, network_of, seconds_to_wait

KEPT = timedelta(days=1)
log = logging.getLogger("portal")


class TooManyTries(RuleBroken):
    """Too many failed tries; `seconds` says how long to wait. After that the right password works again."""

    def __init__(self, seconds: int) -> None:
        super().__init__("people.too_many_tries", {"minutes": max(1, -(-seconds // 60))})
        self.seconds = seconds


@dataclass(frozen=True)
class Attempt:
    """A try, counted as failed until it is recorded as a success; `delay` is the seconds to wait first."""

    id: int
    user: User | None
    delay: float = 0.0

    @property
    def password_hash(self) -> str | None:
        """Return the hash that the password has to fit; None where nobody may sign in."""
        return self.user.password_hash if self.user is not None and self.user.is_active else None


def begin_attempt(*, identifier: str, address: str, at: datetime, device: Device | None = None) -> Attempt:
    """Count a try to sign in before its password is checked; raise TooManyTries without counting it.

    A device that signed in to this account before has its own lane, which neither strangers nor its address fill.
    Unknown accounts are counted like known ones, so that the answer does not tell them apart.
    """
    user = find_user_by_identifier(identifier)
    if user is not None and device is not None and device.knows(user.id, valid_from=user.devices_from):
        lane = _key(f"device:{device.id}:{user.id}")
        _lock_and_check(user, lane, pace.KNOWN_DEVICE, at)
        return Attempt(_count(lane, address="", at=at), user)
    lane = _key(f"user:{user.id}" if user is not None else f"text:{_as_written(identifier)}")
    network = network_of(address)
    wait = _wait(lane, pace.STRANGERS, at) or _wait_of_address(network, at)
    if wait:
        raise TooManyTries(wait)
    if user is not None:
        _lock_and_check(user, lane, pace.STRANGERS, at)
    return Attempt(_count(lane, address=network, at=at), user, _delay(at))


def begin_own_attempt(*, user_id: int, at: datetime) -> Attempt:
    """Count a signed-in person's try at their present password, in a lane of its own."""
    user = get_user(user_id)
    lane = _key(f"own:{user_id}")
    _lock_and_check(user, lane, pace.SIGNED_IN, at)
    return Attempt(_count(lane, address="", at=at), user)


def count_wrong_code(*, address: str, at: datetime) -> None:
    """Count a wrong one-time code from an address; raise TooManyTries beyond the limit."""
    lane = _key(f"code:{network_of(address)}")
    wait = _wait(lane, pace.CODES, at)
    if wait:
        raise TooManyTries(wait)
    _count(lane, address="", at=at)


def count_wrong_token(*, address: str, at: datetime) -> None:
    """Count a token that is none from an address; raise TooManyTries beyond the limit. A right one always works."""
    lane = _key(f"token:{network_of(address)}")
    wait = _wait(lane, pace.CODES, at)
    if wait:
        raise TooManyTries(wait)
    _count(lane, address="", at=at)


def check_own_codes(*, user_id: int, at: datetime) -> None:
    """Raise TooManyTries if a signed-in person has sent too many wrong codes of a screen lately."""
    _lock_and_check(get_user(user_id), _key(f"screen:{user_id}"), pace.SIGNED_IN, at)


def count_own_wrong_code(*, user_id: int, at: datetime) -> None:
    """Count a wrong code of a screen, which has only six digits, in a lane of the person's own."""
    _count(_key(f"screen:{user_id}"), address="", at=at)


def forgive_failures(*, user_id: int, at: datetime) -> None:
    """Clear the failed tries at an account: a person who set a new password with a code starts afresh."""
    _count(_key(f"user:{user_id}"), address="", at=at, succeeded=True)


def record_success(*, attempt_id: int, at: datetime) -> None:
    """Record that a try succeeded, and delete old tries."""
    db.session.execute(update(LoginAttempt).where(LoginAttempt.id == attempt_id).values(succeeded=True))
    db.session.execute(delete(LoginAttempt).where(LoginAttempt.at < at - KEPT))


def _key(lane: str) -> bytes:
    return vault.fingerprint("login", lane)


def _lock_and_check(user: User, lane: bytes, limit: Pace, at: datetime) -> None:
    """Check a lane under the lock of the account's row, so that simultaneous tries count one after the other.

    Whoever has to wait is told so before the row is locked: a crowd of strangers must not queue for it.
    """
    wait = _wait(lane, limit, at)
    if not wait:
        db.session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
        wait = _wait(lane, limit, at)
    if wait:
        raise TooManyTries(wait)


def _count(lane: bytes, *, address: str, at: datetime, succeeded: bool = False) -> int:
    values = {"identifier_hash": lane, "address": address, "at": at, "succeeded": succeeded}
    return int(db.session.scalar(insert(LoginAttempt).values(**values).returning(LoginAttempt.id)) or 0)


def _as_written(identifier: str) -> str:
    """Return an unknown identifier in one spelling: another spelling of it is no new account, as with known ones."""
    text = identifier.strip()
    try:
        return text.casefold() if "@" in text else normalise_phone(text)
    except RuleBroken:
        return text.casefold()


def _wait(lane: bytes, limit: Pace, at: datetime) -> int:
    """Return the seconds until a lane has room; a success in it forgives the failures before."""
    rows = db.session.execute(
        select(LoginAttempt.at, LoginAttempt.succeeded)
        .where(LoginAttempt.identifier_hash == lane, LoginAttempt.at > at - pace.HOUR)
        .order_by(LoginAttempt.at, LoginAttempt.id),
    ).all()
    failures = [row.at for row in rows if not row.succeeded]
    since = max((row.at for row in rows if row.succeeded), default=at - pace.HOUR)
    return seconds_to_wait(failures, at=at, pace=limit, since=since)


def _wait_of_address(network: str, at: datetime) -> int:
    failed = select(LoginAttempt.at).where(
        LoginAttempt.address == network, LoginAttempt.at > at - pace.HOUR, LoginAttempt.succeeded.is_(False)
    )
    failures = list(db.session.scalars(failed.order_by(LoginAttempt.at, LoginAttempt.id)))
    return seconds_to_wait(failures, at=at, pace=pace.ADDRESS, since=at - pace.HOUR)


def _delay(at: datetime) -> float:
    """Return a stranger's delay in seconds, 0 unless passwords are tried everywhere; raise the alarm then."""
    since = at - pace.ALARM_WINDOW
    failed = select(LoginAttempt.id).where(
        LoginAttempt.at > since, LoginAttempt.succeeded.is_(False), LoginAttempt.address != ""
    )
    many = db.session.scalar(select(func.count()).select_from(failed.limit(pace.ALARM_AT).subquery())) or 0
    if many < pace.ALARM_AT:
        return 0.0
    alarmed = select(AuditEvent.id).where(AuditEvent.act == "sign_in.alarm", AuditEvent.at > since).limit(1)
    if db.session.scalar(alarmed) is None:
        audit.record(
            by=Signature(get_operator(), at),
            act="sign_in.alarm",
            subject=("sign_in", "all"),
            details={"failed": many, "minutes": int(pace.ALARM_WINDOW.total_seconds() // 60)},
        )
        log.error("sign-in alarm: %s failed tries of strangers within 15 minutes", many)
    return pace.ALARM_DELAY
