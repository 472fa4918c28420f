"""Indonesian mobile numbers: stored as +628…, shown as 08… in groups of four."""

from __future__ import annotations

import re

from portal.domain.errors import RuleBroken
from portal.domain.nik import strip_separators

_BRACKETS = re.compile(r"[()/]")
_MOBILE = re.compile(r"(?:\+62|0062|62|)(?:0|(?<=62))(8[0-9]{8,11})")


def normalise_phone(text: str) -> str:
    """Read 08…, 628…, +62 8…, 0062… with any separators into '+628…'; raise RuleBroken("phone.malformed")."""
    found = _MOBILE.fullmatch(_BRACKETS.sub("", strip_separators(text)))
    if found is None:
        raise RuleBroken("phone.malformed")
    return "+62" + found.group(1)
