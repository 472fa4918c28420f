"""Counting how often a cadre's link is opened: a number per day, and nothing about who opened it.

A process writes once a second at most, so that a thousand readers at once cost one write, and waits for no busy
database: what was not written goes with the next opening. A process that is killed forgets what it holds, and what a
cache answers is not counted; nothing hangs on the number (docs/decisions/0036).
"""

import re
import threading
import time
from collections import Counter
from datetime import date
from typing import Final

from flask import current_app, request

from portal.database.transaction import attempt
from portal.explainer.services import add_openings
from portal.web.typed import from_own_page

_EVERY_SECONDS: Final = 1.0
_MOST_WAITING: Final = 10_000  # cadres and days; more than that in a second is no reading
# People read in browsers, which all call themselves Mozilla; programs that fetch previews or indexes say who they are.
_BROWSER: Final = re.compile(r"Mozilla/5\.0 \(")
_ROBOT: Final = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|preview|headless|lighthouse|facebookexternalhit|whatsapp|telegram|monitor|scan",
    re.IGNORECASE,
)
_AHEAD: Final = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


class _Waiting:
    """The openings of this process that are not written yet."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.openings: Counter[tuple[int, date]] = Counter()
        self.written_at = float("-inf")

    def take(self, opening: tuple[int, date]) -> Counter[tuple[int, date]]:
        """Add an opening; return all that wait if it is time to write them, else none."""
        with self.lock:
            if opening in self.openings or len(self.openings) < _MOST_WAITING:
                self.openings[opening] += 1
            if time.monotonic() - self.written_at < _EVERY_SECONDS:
                return Counter()
            self.written_at = time.monotonic()
            taken, self.openings = self.openings, Counter()
            return taken

    def put_back(self, openings: Counter[tuple[int, date]]) -> None:
        """Keep for later what could not be written."""
        with self.lock:
            self.openings.update(openings)


def is_reader() -> bool:
    """Tell whether a person opened this page from outside: no program, no preview, nobody who works here."""
    agent = request.headers.get("User-Agent", "")
    return (
        request.method == "GET"
        and bool(_BROWSER.match(agent))
        and not _ROBOT.search(agent)
        and not any("pre" in request.headers.get(name, "").lower() for name in _AHEAD)
        and current_app.config["SESSION_COOKIE_NAME"] not in request.cookies
        and not from_own_page()
    )


def count_opening(cadre_id: int, day: date) -> None:
    """Count an opening of a cadre's link by a reader."""
    if not is_reader():
        return
    waiting: _Waiting = current_app.extensions.setdefault("explainer_openings", _Waiting())
    taken = waiting.take((cadre_id, day))
    if not taken:
        return
    if not attempt(lambda: add_openings(counted=taken)):
        waiting.put_back(taken)
