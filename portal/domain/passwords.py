"""What a password must be: neither too short nor overlong, and not its owner's name or phone number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from portal.domain.errors import RuleBroken

MIN_LENGTH = 10
MAX_LENGTH = 1024  # nobody has a longer password: it is refused before it costs a hash


def check_password(password: str, *, names: Sequence[str] = (), numbers: Sequence[str] = ()) -> None:
    """Raise RuleBroken for a password of the wrong length, or made of its owner's names and numbers.

    Codes: password.too_short (need), password.too_long, password.own_name. `names` are the person's name and e-mail
    address, `numbers` phone numbers; parts of three letters or more count. How easily others guess it is estimated
    in accounts/services/password_strength.py.
    """
    if len(password) < MIN_LENGTH:
        raise RuleBroken("password.too_short", {"need": MIN_LENGTH})
    if len(password) > MAX_LENGTH:
        raise RuleBroken("password.too_long", {"most": MAX_LENGTH})
    if _is_own(password.casefold(), names, numbers):
        raise RuleBroken("password.own_name")


def _is_own(bare: str, names: Sequence[str], numbers: Sequence[str]) -> bool:
    """Tell whether hardly anything is left without the owner's name, address and phone."""
    left = bare
    for number in numbers:
        digits = re.sub(r"[^0-9]", "", number)[-9:]
        if len(digits) >= 6:
            left = left.replace(digits, "")
            digits_only = re.sub(r"[^0-9]", "", left)
            if digits in digits_only:
                left = re.sub(r"[0-9]", "", left)
    parts = {part for name in names for part in re.split(r"[\W_]+", name.casefold()) if len(part) >= 3}
    for part in sorted(parts, key=len, reverse=True):
        left = left.replace(part, "")
    return left != bare and len(re.sub(r"[\W_0-9]+", "", left)) < 4
