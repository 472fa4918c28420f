"""Lighthouse's scores of the pages on a phone: optional, for whoever has npm, Node and Chromium; nothing of it is kept here."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks import children, places, serving
from benchmarks.data import MONTH

PAGES = {
    "login": "/login",
    "home": "/",
    "board": "/ranks",
    "report": "/report/new",
    "outbox": "/outbox",
    "statement": f"/statements/{MONTH}",
}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
BROWSERS = ("chromium", "chromium-headless-shell", "google-chrome")
_FLAGS = ("--no-sandbox", "--disable-dev-shm-usage")


def measure(url: str) -> children.Figures:
    """Return the scores of each page of a cadre; nothing where npm or a browser is missing."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    program = _program() if browser else None
    if browser is None or program is None:
        print("lighthouse is not measured: it needs npm, Node and Chromium", file=sys.stderr)
        return {}
    cookie = children.run("cookie", url)["cookie"]
    name, _, value = cookie.partition("=")
    with serving.server(url) as address:
        signed_in = [{"name": name, "value": value, "url": address}]
        found = {
            page: _scores(program, browser, f"{address}{path}", [] if page == "login" else signed_in)
            for page, path in PAGES.items()
        }
    return {"lighthouse": found}


def _program() -> Path | None:
    """Return the program, fetched by npm into a folder beside the data unless it is there; None without npm."""
    folder = places.folder().parent / "lighthouse"
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        if shutil.which("npm") is None:
            return None
        words = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), "lighthouse"]
        folder.mkdir(exist_ok=True)
        if subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode:
            return None
    return program


def _scores(program: Path, browser: str, address: str, cookies: list[dict[str, str]]) -> dict[str, float]:
    """Let Lighthouse look at one page as its slow phone does; return its scores out of 100.

    The cookies lie in the browser: as a header of Lighthouse's they would not go with what the scripts ask for.
    """
    port = serving.free_port()
    words = [str(program), address, "--quiet", "--output=json", f"--port={port}"]
    words.append(f"--only-categories={','.join(CATEGORIES)}")
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        flags = [*_FLAGS, f"--remote-debugging-port={port}"]
        opened = playwright.chromium.launch_persistent_context(profile, executable_path=browser, args=flags)
        opened.add_cookies(cookies)  # type: ignore[arg-type] # a name, a value, an address
        said = subprocess.run(words, capture_output=True, text=True, check=False)
        opened.close()
    if said.returncode:
        raise SystemExit(f"lighthouse {address}:\n{said.stderr}")
    found = json.loads(said.stdout)
    if (problem := found.get("runtimeError")) is not None:
        raise SystemExit(f"lighthouse {address}: {problem['message']}")
    return {name: round(100 * (found["categories"][name]["score"] or 0)) for name in CATEGORIES}
