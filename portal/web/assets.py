"""The front end's files: built from static/src into hashed files in static/dist, and their addresses."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from flask import Flask, Response, request
from markupsafe import Markup

from portal.papers import songket

STATIC: Final = Path(__file__).resolve().parents[1] / "static"
SOURCES: Final = STATIC / "src"
MODULES: Final = SOURCES / "js"
BUILT: Final = STATIC / "dist"

# The critical part is inlined in the first document of the cadre's pages; the file holds all of it. Pages that are
# read do without the forms, and without what stands in @later: no page begins with it.
READ: Final = ("tokens", "base", "layout", "parts", "figures")
CRITICAL: Final = (*READ, "forms")
REST: Final = (
    "office",
    "charts",
    "care",
    "coverage",
    "review",
    "explainer",
    "training",
    "agenda",
    "recognition",
    "contests",
    "report",
    "messages",
    "outbox",
    "print",
)

# What pages load: all of them the first; a cadre's, once they are there, the part for no signal; the report form the
# third. A shared module is a file of its own, whose names stay exported, and its importers name the built file.
SCRIPTS: Final = ("portal.js", "offline.js", "form.js")
SHARED: Final = ("store.js",)
# The service worker comes last: it names the files that it keeps.
WORKER: Final = "sw.js"

_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_DARK: Final = re.compile(r"@dark\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_LATER: Final = re.compile(r"@later\s*\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}")
_SELECTOR: Final = re.compile(r"[^{};@]+\{")
_REMARK: Final = re.compile(r"^[ \t]*/\*\*.*?\*/\n", re.DOTALL | re.MULTILINE)
_IMPORT: Final = re.compile(r"^import (?:\{([^}]*)\} from )?\"\./([\w-]+\.js)\";\n", re.MULTILINE)
_QUOTED: Final = re.compile(r"(\"(?:[^\"\\]|\\.)*\"|`[^`]*`)")
_AROUND: Final = re.compile(r"[ \t]*([=?:{}(),;&|<>]+)[ \t]*")
# Where a line break never ends a JavaScript statement: after an opening bracket or separator, before a closing one.
_BREAK: Final = re.compile(r"(?<=[{(\[,;])\n|,?\n(?=[})\]])")
_REFERENCE: Final = re.compile(r"asset\(([\w.-]+)\)")


def _dark(match: re.Match[str]) -> str:
    """Write a dark block twice: for the device's setting and for the person's own choice."""
    body = match[1].strip()
    if "{" not in body:
        body_auto, body_manual = (
            f":root:not([data-theme=light]){{{body}}}",
            f":root[data-theme=dark]{{{body}}}",
        )
    else:
        body_auto = re.sub(r"(^|\})\s*([^{}]+?)\s*\{", r"\1:root:not([data-theme=light]) :is(\2){", body)
        body_manual = re.sub(r"(^|\})\s*([^{}]+?)\s*\{", r"\1:root[data-theme=dark] :is(\2){", body)
    return f"@media(prefers-color-scheme:dark){{{body_auto}}}{body_manual}"


def stylesheet(parts: tuple[str, ...], *, later: bool = True) -> str:
    """Join the named sources: without comments and needless blanks, with dark blocks written for both choices.

    What can wait stands in `@later` blocks, which may be left out; otherwise it keeps its place in the cascade.
    """
    text = "\n".join((SOURCES / f"{part}.css").read_text("utf-8") for part in parts)
    text = _LATER.sub(r"\1" if later else "", _COMMENT.sub("", text))
    text = _DARK.sub(_dark, text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s*([{};,])\s*", r"\1", text)
    text = re.sub(r":\s+", ":", text)
    text = re.sub(r"\s*([*/])\s+", r"\1", text)
    text = re.sub(r"(?<![\d.])0\.(?=\d)", ".", text)
    text = re.sub(r"=\"([a-z]+)\"\]", r"=\1]", text).replace(" !important", "!important")
    text = _SELECTOR.sub(lambda match: re.sub(r"\s*([>+~])\s*", r"\1", match[0]), text)
    text = text.replace("@media (", "@media(")
    return text.replace(";}", "}").strip()


def script(
    name: str = "portal.js", seen: set[str] | None = None, *, shared: Mapping[str, str] | None = None
) -> str:
    """Return a module after those it imports, each once and all in one scope, without comments and indentation.

    `shared` are the addresses of modules that stay files of their own; what a shared module exports stays exported.
    """
    wanted: dict[str, set[str]] = {}
    text = _joined(name, set() if seen is None else seen, shared or {}, wanted)
    heads = (
        f'import{{{",".join(sorted(wanted[other]))}}}from"{address}";\n'
        for other, address in (shared or {}).items()
        if other in wanted
    )
    return "".join([*heads, text])


def _joined(name: str, seen: set[str], shared: Mapping[str, str], wanted: dict[str, set[str]]) -> str:
    """Join a module with those it imports; note what is `wanted` of the shared ones."""
    kept = name in SHARED and not seen  # the file's own module, whose names are exported
    seen.add(name)
    text = _REMARK.sub("", (MODULES / name).read_text("utf-8"))
    before = []
    for names, other in _IMPORT.findall(text):
        if other in shared:
            wanted.setdefault(other, set()).update(each.strip() for each in names.split(",") if each.strip())
        elif other not in seen:
            before.append(_joined(other, seen, shared, wanted))
    lines = (line.strip() for line in _IMPORT.sub("", text).splitlines())
    own = "".join(
        f"{line if kept else line.removeprefix('export ')}\n"
        for line in lines
        if line and not line.startswith("//")
    )
    pieces = _QUOTED.split(_BREAK.sub("", own))  # every second piece is a text, whose blanks stay
    pieces[::2] = [_AROUND.sub(r"\1", piece) for piece in pieces[::2]]
    return "".join([*before, *pieces])


def build() -> dict[str, bytes]:
    """Return every built file by its name in static/dist, including the manifest."""
    built: dict[str, bytes] = {}
    names: dict[str, str] = {}
    _add(built, names, "portal.css", stylesheet(CRITICAL + REST).encode())
    for name in SHARED:
        _add(built, names, name, script(name).encode())
    shared = {name: f"/static/dist/{names[name]}" for name in SHARED}
    for name in SCRIPTS:
        _add(built, names, name, script(name, shared=shared).encode())
    files = [path for path in sorted(SOURCES.iterdir()) if path.is_file() and path.suffix != ".css"]
    for path in sorted(files, key=_names_others):
        content = path.read_bytes()
        if path.suffix == ".svg":
            content = content.replace(b"\n", b"")
        elif _names_others(path):
            content = _named(content.decode(), names)
        _add(built, names, path.name, content)
    _add(built, names, "badges.svg", songket.sprite(songket.get_pictures()).replace("\n", "").encode())
    _add(built, names, WORKER, _named(script(WORKER), names))
    built["critical.css"] = stylesheet(CRITICAL).encode()
    built["critical-read.css"] = stylesheet(READ, later=False).encode()
    built["manifest.json"] = (json.dumps(names, indent=1, sort_keys=True) + "\n").encode()
    return built


def _named(text: str, names: dict[str, str]) -> bytes:
    """Write the built names of the files that a text names."""
    return _REFERENCE.sub(lambda match: names[match[1]], text).encode()


def _names_others(path: Path) -> bool:
    """Tell whether a file names others by their built names, and so comes after them."""
    return path.suffix == ".webmanifest"


def _add(built: dict[str, bytes], names: dict[str, str], name: str, content: bytes) -> None:
    """Store one file under a name that changes with its content."""
    stem, _, suffix = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"
    built[hashed] = content
    names[name] = hashed


def write() -> None:
    """Write static/dist from scratch, removing what is no longer built."""
    built = build()
    BUILT.mkdir(exist_ok=True)
    for path in BUILT.iterdir():
        if path.name not in built:
            path.unlink()
    for name, content in built.items():
        (BUILT / name).write_bytes(content)


def _read(name: str) -> str:
    """Return one built text; nothing before the first build."""
    path = BUILT / name
    return path.read_text("utf-8") if path.exists() else ""


CRITICAL_CSS: Final = _read("critical.css")
READ_CSS: Final = _read("critical-read.css")
INLINED_HASHES: Final = tuple(
    base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in (CRITICAL_CSS, READ_CSS)
)
NAMES: Final[dict[str, str]] = json.loads(_read("manifest.json") or "{}")
# One word for the state of all built files: part of the ETag of every page.
VERSION: Final = hashlib.sha256("".join(sorted(NAMES.values())).encode()).hexdigest()[:10]

_ADDRESSES: Final = {name: f"/static/dist/{hashed}" for name, hashed in NAMES.items()}
_STYLE: Final = Markup(f"<style>{CRITICAL_CSS}</style>")  # noqa: S704 our own built file
_READ_STYLE: Final = Markup(f"<style>{READ_CSS}</style>")  # noqa: S704 as above
_SHEET: Final = Markup(f'<link rel="stylesheet" href="{_ADDRESSES.get("portal.css", "")}">')  # noqa: S704 as above


def asset_url(name: str) -> str:
    """Return the address of a built file by its source name, such as icons.svg."""
    return _ADDRESSES[name]


def sheet_is_kept() -> bool:
    """Tell whether this browser said it has the whole style sheet (portal.js sets the cookie)."""
    return request.cookies.get("css") == VERSION


def critical_css(*, forms: bool = True) -> Markup:
    """Return the head's styles: inlined on a first visit, one cached link afterwards."""
    if sheet_is_kept():
        return _SHEET
    return _STYLE if forms else _READ_STYLE


def full_css() -> Markup:
    """Return the link to the whole style sheet, for the end of a page that began with the inlined part."""
    return Markup("") if sheet_is_kept() else _SHEET


def _cache_forever(response: Response) -> Response:
    """Let browsers cache hashed files forever."""
    if request.endpoint == "static" and request.path.startswith("/static/dist/"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def init_app(app: Flask) -> None:
    """Give templates the addresses and styles, and hashed files their long cache life."""
    app.jinja_env.globals.update(
        asset_url=asset_url,
        critical_css=critical_css,
        full_css=full_css,
        sheet_link=lambda: _SHEET,
        assets_version=VERSION,
        sprite=_ADDRESSES.get("icons.svg", ""),
        badges=_ADDRESSES.get("badges.svg", ""),
    )
    app.after_request(_cache_forever)


if __name__ == "__main__":
    write()
