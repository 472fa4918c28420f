"""How many bytes the body of a request may have: one table, for the process and for each page."""

from typing import Final

from flask import Flask, abort, g, request
from flask_login import current_user

MIB: Final = 1024 * 1024
WITH_FILES: Final = 64 * MIB  # the pages below: 50 MB of a table (portal/tables), or photos of 15 MB each
WITHOUT: Final = 2 * MIB  # everything else, and anybody who is not signed in
TYPED: Final = MIB  # a form without its files
FIELDS: Final = 1000

# The pages that take files, once the sender is known.
MAX_BYTES: Final = {
    "activities.add_photos": WITH_FILES,
    "membership.upload": WITH_FILES,
    "payouts.record_file": WITH_FILES,
}

# What programs send as it is, without a form around it.
MAX_RAW_BYTES: Final = {
    "api.put_activity": 200_000,
    "api.put_photo": 15_000_000,
}


def _limit() -> None:
    """Let people who are signed in, or were until now, send files where files are taken; limit everything else."""
    limit = MAX_BYTES.get(request.endpoint or "", WITHOUT)
    if limit > WITHOUT and not (current_user.is_authenticated or g.get("ended")):
        limit = WITHOUT  # asked only here: finding the person costs a database query
    if request.endpoint in MAX_RAW_BYTES:
        limit = MAX_RAW_BYTES[request.endpoint]
    elif request.mimetype != "multipart/form-data":  # Werkzeug limits only the fields of a multipart form
        limit = TYPED
    request.max_content_length = limit


def read_raw() -> bytes:
    """Read a body that comes as it is; 413 for a longer one, also where its length was not announced."""
    data = request.get_data(cache=False)
    if request.content_length is None and len(data) >= (request.max_content_length or WITHOUT):
        abort(413)  # Werkzeug cuts it off there and says nothing
    return data


def init_app(app: Flask) -> None:
    """Refuse a body that is too long with 413, before it is read."""
    app.config["MAX_CONTENT_LENGTH"] = WITH_FILES
    app.config["MAX_FORM_MEMORY_SIZE"] = TYPED
    app.config["MAX_FORM_PARTS"] = FIELDS
    app.before_request(_limit)
