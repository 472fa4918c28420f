"""What stands in an address: numbers of rows and words to look for, never a person's number; how long a body is."""

import re
from typing import Final

from flask import Flask, abort, g, request
from flask_login import current_user

from portal.domain.errors import RuleBroken
from portal.domain.months import parse_month
from portal.domain.phones import normalise_phone

_LONG_NUMBER: Final = re.compile(r"(?:[0-9][ .\-]?){16,}")  # a NIK, however it is written
_CURSORS: Final = {"after", "before"}  # where the next page begins: scores and row numbers of our own making
_MOST: Final = 2_000  # characters of one argument
_TAKE_FILES: Final = {"activities.add_photos", "membership.upload", "payouts.record_result"}
_MOST_BODY: Final = 2 * 1024 * 1024  # bytes sent to all others, and by whoever is not signed in


def row_number(text: str) -> int:
    """Read a row's number; raise ValueError for what no database could hold, so that args.get() ignores it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError(text[:20])
    return int(text)


def month_asked(name: str) -> str:
    """Read a month from the address; empty for none, and for what is no month."""
    try:
        return parse_month(request.args.get(name, ""))
    except RuleBroken:
        return ""


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
    given = [*request.args.items(multi=True), *((name, name) for name in request.args)]
    if is_phone(request.args.get("q", "")) or any(
        "\x00" in value or len(value) > _MOST or (name not in _CURSORS and _LONG_NUMBER.search(value))
        for name, value in given
    ):
        abort(400)
    if "\x00" in request.path:
        abort(404)


def _limit_body() -> None:
    """Let who is signed in, or was until now, send files where files are taken: all else is short."""
    known = request.endpoint in _TAKE_FILES and (current_user.is_authenticated or g.get("ended"))
    if not known:
        request.max_content_length = _MOST_BODY


def init_app(app: Flask) -> None:
    """Look at every request's address and length before anything else does."""
    app.before_request(_refuse_unfit)
    app.before_request(_limit_body)
