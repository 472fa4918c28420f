"""Storing passwords: argon2id, and the same work for accounts that do not exist."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """Hash a password with argon2id."""
    return _hasher.hash(password)


@cache
def _dummy() -> str:
    """Return a hash that no password fits; checking it takes as long as checking a real one."""
    return _hasher.hash("no account has this password")


def password_fits(password: str, stored: str | None) -> bool:
    """Tell whether a password fits a stored hash; without a hash, do the same work and say no."""
    try:
        return _hasher.verify(stored or _dummy(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
