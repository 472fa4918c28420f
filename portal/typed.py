"""What somebody typed into a form that could not be taken: kept for sending it again, never sent by itself."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask import request

# Passwords and codes are typed again: they never stand in a page.
_SECRET: Final = re.compile(
    r"csrf_token|otp|pin|present|again|secret|.*(password|passphrase).*", re.IGNORECASE
)
_SECRET_FORMS: Final = {"people.login", "people.reset_password", "people.change_password", "people.logout"}


@dataclass(frozen=True)
class Typed:
    """A form as it was sent: where to, its fields in order, and the names of the files that were chosen."""

    action: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]

    @property
    def file_fields(self) -> dict[str, list[str]]:
        """Return the names of the chosen files by field."""
        found: dict[str, list[str]] = {}
        for field, name in self.files:
            found.setdefault(field, []).append(name)
        return found


def typed() -> Typed | None:
    """Return the form of this request; None where none was sent, or one that holds secrets."""
    if request.method != "POST" or request.endpoint in _SECRET_FORMS:
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if not _SECRET.fullmatch(name)]
    files = [(name, file.filename) for name, file in request.files.items(multi=True) if file.filename]
    return Typed(request.full_path.rstrip("?"), tuple(fields), tuple(files))


def from_own_page() -> bool:
    """Tell whether the browser says that a page of ours sent this: another site must not fill our forms."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched == "same-origin"
    sender = request.headers.get("Origin") or request.referrer or ""
    return bool(sender) and urlsplit(sender).netloc == request.host


def wants_json() -> bool:
    """Tell whether a program asks: an address of the API, or JSON preferred to a page."""
    accepted = request.accept_mimetypes
    return request.path.startswith("/api/") or (
        accepted.best_match(("text/html", "application/json")) == "application/json"
        and accepted["application/json"] > accepted["text/html"]
    )
