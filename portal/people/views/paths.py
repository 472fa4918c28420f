"""Where to go next: own paths only, and the keys of long lists."""

from urllib.parse import urlsplit


def own_path(target: str | None, *, signing_in: bool = True) -> str:
    """Return a target if it is a path of this portal, else the first page: never another site."""
    text = target or ""
    plain = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text
    if not plain or not text.isprintable() or len(text) > 2000:
        return "/"
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or (signing_in and parts.path in {"/login", "/logout"}):
        return "/"
    return text


def read_key(name: str | None, number: str | None) -> tuple[str, int] | None:
    """Read the key of the last row of the page before: its name and number."""
    if not name or not number or not number.isascii() or not number.isdigit() or len(number) > 15:
        return None
    return name, int(number)
