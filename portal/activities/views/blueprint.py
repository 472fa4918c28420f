"""The blueprint of the pages of activities, and how much a form of theirs may hold."""

from flask import Blueprint, abort, request

bp = Blueprint("activities", __name__)

MOST_FORM_BYTES = 1_000_000
ROW_DIGITS = 15


@bp.before_request
def refuse_endless_forms() -> None:
    """Answer 413 to a form without files that no person could have typed."""
    if request.mimetype != "multipart/form-data" and (request.content_length or 0) > MOST_FORM_BYTES:
        abort(413)


def row_asked(name: str) -> int | None:
    """Read a row's number from the address; None if there is none that a database could hold."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= ROW_DIGITS else None
