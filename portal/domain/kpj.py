"""The participant card number (KPJ): eleven characters, kept as text."""

from __future__ import annotations

import re

from portal.domain.errors import RuleBroken
from portal.domain.nik import strip_separators

LENGTH = 11

_KPJ = re.compile(r"[0-9A-Z]+")


def normalise_kpj(text: str) -> str:
    """Strip separators and upper-case; raise RuleBroken "kpj.characters" or "kpj.length" (have, need)."""
    if len(text) == LENGTH and text.isascii() and text.isdigit():
        return text
    kpj = strip_separators(text)
    if not kpj.isascii() or not _KPJ.fullmatch(kpj.upper()):
        raise RuleBroken("kpj.characters")
    if len(kpj) != LENGTH:
        raise RuleBroken("kpj.length", {"have": len(kpj), "need": LENGTH})
    return kpj.upper()


def has_letters(kpj: str) -> bool:
    """Tell whether this is an older card number with a letter in it: accepted, but worth a second look."""
    return not kpj.isdigit()
