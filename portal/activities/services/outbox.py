"""The key under which a person's reports lie sealed on their phone until they are sent."""

from portal import vault


def phone_key(*, user_id: int) -> bytes:
    """Return a person's key, the same for ever: it is derived, so nothing is stored and nothing can be lost."""
    return vault.fingerprint("phone_key", str(user_id))
