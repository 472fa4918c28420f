"""What stands in an address: numbers of rows and words to look for, never a person's number."""

import re
from typing import Final

from flask import Flask, abort, request

from portal.domain.errors import RuleBroken
from portal.domain.phones import normalise_phone

_LONG_NUMBER: Final = re.compile(r"(?:[0-9][ .\-]?){16,}")  # a NIK, however it is written
_MOST: Final = 2_000  # characters of one argument


def row_number(text: str) -> int:
    """Read a row's number; raise ValueError for what no database could hold, so that args.get() ignores it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError(text[:20])
    return int(text)


def is_phone(text: str) -> bool:
    """Tell whether a text that is looked for is a phone number."""
    try:
        normalise_phone(text)
    except RuleBroken:
        return False
    return True


def _refuse_unfit() -> None:
    """Answer 400 to an address with a NUL, a NIK, a phone number or endless words: no page of ours makes one.

    An address is kept in logs and histories, so numbers of people do not belong there (rules.md 9.1).
    """
    values = [value for _name, value in request.args.items(multi=True)]
    if is_phone(request.args.get("q", "")) or any(
        "\x00" in value or len(value) > _MOST or _LONG_NUMBER.search(value)
        for value in (*values, *request.args)
    ):
        abort(400)
    if "\x00" in request.path:
        abort(404)


def init_app(app: Flask) -> None:
    """Look at every address before anything else does."""
    app.before_request(_refuse_unfit)
