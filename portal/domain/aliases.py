"""Names that cadres choose to stand on boards under (rules.md 11.6)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from portal.domain.errors import RuleBroken
from portal.domain.names import clean_text

MIN_ALIAS: Final = 2
MAX_ALIAS: Final = 40
_MARKS: Final = frozenset({"Mn", "Me"})  # signs drawn over others; two in a row draw over other lines
_UNSEEN: Final = frozenset(
    {"Cf", "Co", "Cn"}
)  # formatting, private and unassigned: they may turn a line around


def parse_alias(text: str) -> str:
    """Read an alias of 2 to 40 signs with a letter among them; empty takes it back. RuleBroken("people.bad_alias")."""
    alias = clean_text(text, limit=10 * MAX_ALIAS)
    if not alias:
        return ""
    kinds = [unicodedata.category(sign) for sign in alias]
    piled = any(one in _MARKS and two in _MARKS for one, two in pairwise(kinds))
    letters = any(kind.startswith("L") for kind in kinds)
    if not MIN_ALIAS <= len(alias) <= MAX_ALIAS or not letters or piled or _UNSEEN & set(kinds):
        raise RuleBroken("people.bad_alias")
    return alias


def is_taken(alias: str, names: Iterable[str]) -> bool:
    """Tell whether an alias reads like one of these names, whatever the case, spacing and width of letters."""
    return _read(alias) in {_read(name) for name in names}


def _read(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
