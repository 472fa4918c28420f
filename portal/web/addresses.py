"""What an address may contain: row numbers, search words, where to go next."""

import re
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request

from portal.domain.errors import RuleBroken
from portal.domain.months import parse_month
from portal.domain.phones import normalise_phone

_LONG_NUMBER: Final = re.compile(r"(?:[0-9][ .\-]?){16,}")  # a NIK, however it is punctuated
# The number that a report gets on the phone: by chance it has 16 digits in a row, and is nobody's.
_REPORT: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CURSORS: Final = {
    "after",
    "before",
}  # where the next page begins: scores and row numbers that the portal made
_MAX_ARGUMENT: Final = 2_000  # characters of one argument


def row_number(text: str) -> int:
    """Read a row's number; raise ValueError for one no database could store, so that args.get() ignores it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError(text[:20])
    return int(text)


def month_asked(name: str) -> str:
    """Read a month from the address; empty if there is none or it is malformed."""
    try:
        return parse_month(request.args.get(name, ""))
    except RuleBroken:
        return ""


def is_phone(text: str) -> bool:
    """Tell whether a search text is a phone number."""
    try:
        normalise_phone(text)
    except RuleBroken:
        return False
    return True


def _refuse_unfit() -> None:
    """Answer 400 to an address with a NUL, a NIK, a phone number or overlong words: no page of ours makes one.

    Addresses end up in logs and histories, so people's numbers must not be in them (rules.md 9.1).
    """
    given = [*request.args.items(multi=True), *((name, name) for name in request.args)]
    if is_phone(request.args.get("q", "")) or any(
        "\x00" in value or len(value) > _MAX_ARGUMENT or (name not in _CURSORS and _names_somebody(value))
        for name, value in given
    ):
        abort(400)
    if "\x00" in request.path:
        abort(404)


def _names_somebody(value: str) -> bool:
    """Tell whether a NIK or another long number of a person stands in an argument."""
    return _LONG_NUMBER.search(_REPORT.sub("", value)) is not None


def init_app(app: Flask) -> None:
    """Check every request's address before anything else does."""
    app.before_request(_refuse_unfit)


def own_path(target: str | None, *, signing_in: bool = True) -> str:
    """Return a target if it is a path of this portal, else "/": never another site."""
    text = target or ""
    plain = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text
    if not plain or not text.isprintable() or len(text) > 2000:
        return "/"
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or (signing_in and parts.path in {"/login", "/logout"}):
        return "/"
    return text


def read_key(name: str | None, number: str | None) -> tuple[str, int] | None:
    """Read the key of the previous page's last row: its name and number."""
    if not name or not number or not number.isascii() or not number.isdigit() or len(number) > 15:
        return None
    return name, int(number)


def absolute(path: str) -> str:
    """Return an address that also works outside this portal."""
    base = current_app.config["PORTAL"].base_url or request.url_root.rstrip("/")
    return f"{base}{path}"
