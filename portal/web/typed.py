"""What was typed into a form that could not be taken: kept so that the person can send it again."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask import request

# Passwords and codes are never shown in a page; they are typed again.
_SECRET: Final = re.compile(
    r"csrf_token|otp|pin|present|again|secret|.*(password|passphrase).*", re.IGNORECASE
)
_SECRET_FORMS: Final = {
    "accounts.login",
    "accounts.reset_password",
    "accounts.change_password",
    "accounts.logout",
}


@dataclass(frozen=True)
class Typed:
    """A form as it was sent: its address, its fields in order, and the names of the chosen files."""

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
    """Return the form of this request; None if there is none, or if it holds secrets."""
    if request.method != "POST" or request.endpoint in _SECRET_FORMS:
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if not _SECRET.fullmatch(name)]
    files = [(name, file.filename) for name, file in request.files.items(multi=True) if file.filename]
    return Typed(request.full_path.rstrip("?"), tuple(fields), tuple(files))


def from_own_page() -> bool:
    """Tell whether the browser says that a page of ours sent this: another site must not fill in our forms."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched == "same-origin"
    sender = request.headers.get("Origin") or request.referrer or ""
    return bool(sender) and urlsplit(sender).netloc == request.host


def wants_json() -> bool:
    """Tell whether a program is asking: an address of the API, or JSON preferred to a page."""
    accepted = request.accept_mimetypes
    return request.path.startswith("/api/") or (
        accepted.best_match(("text/html", "application/json")) == "application/json"
        and accepted["application/json"] > accepted["text/html"]
    )
