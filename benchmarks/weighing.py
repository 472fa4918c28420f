"""What a visit weighs: the bytes that a browser is sent under `portal serve`, compressed, the first time and again."""

import gzip
import re
import urllib.request
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

ACCEPTED = "gzip, deflate, br, zstd"
FETCHED = ("stylesheet", "icon", "manifest", "preload", "modulepreload")
_VERSION = re.compile(r'data-assets="(\w+)"')


@dataclass(frozen=True)
class Answer:
    """A body as it was sent, and what it holds."""

    sent: int
    text: str
    kept_for_ever: bool
    is_script: bool


class _Named(HTMLParser):
    """Lists the files that a document makes a browser ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names."""
        given = dict(attrs)
        name = given.get("href") if tag in {"link", "use"} else given.get("src")
        rels = (given.get("rel") or "").split()
        if name and tag != "a" and (tag != "link" or any(rel in FETCHED for rel in rels)):
            self.files[name.partition("#")[0]] = None


def ask(address: str, cookie: str) -> Answer:
    """Ask as a browser does."""
    sent = {"Cookie": cookie, "Accept-Encoding": ACCEPTED}
    with urllib.request.urlopen(urllib.request.Request(address, headers=sent), timeout=30) as found:
        body = found.read()
        packed = found.headers.get("Content-Encoding")
        if packed not in {None, "gzip"}:
            raise SystemExit(f"{address} is packed with {packed}, which this cannot read")
        kept = "immutable" in found.headers.get("Cache-Control", "")
        kind = found.headers.get("Content-Type", "")
    text = (gzip.decompress(body) if packed else body).decode("utf-8", "replace")
    return Answer(len(body), text, kept, "javascript" in kind)


def weigh(address: str, cookie: str) -> dict[str, int]:
    """Return the bytes of a page: its document, its scripts, all of a first visit, and a later visit's."""
    first = ask(address, cookie)
    files = {name: ask(name, cookie) for name in _files(address, first.text)}
    again = ask(address, f"{cookie}; css={_version(first.text)}")
    kept = {name for name, file in files.items() if file.kept_for_ever}
    more = set(_files(address, again.text)) - kept
    return {
        "document": first.sent,
        "script": sum(file.sent for file in files.values() if file.is_script),
        "visit": first.sent + sum(file.sent for file in files.values()),
        "again": again.sent + sum(ask(name, cookie).sent for name in more),
    }


def _version(html: str) -> str:
    """Return the word by which portal.js tells the server that the whole style sheet is kept."""
    found = _VERSION.search(html)
    assert found, "a document names its assets"
    return found[1]


def _files(address: str, html: str) -> list[str]:
    """List the files of this server that a document names, as whole addresses."""
    parser = _Named()
    parser.feed(html)
    names = [urljoin(address, name) for name in parser.files]
    return [name for name in names if urlsplit(name).netloc == urlsplit(address).netloc]
