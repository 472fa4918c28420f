"""The pages of a nation, one after the other: how long the slow requests take, and in which statement."""

import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import event, text

from benchmarks.measuring import Processor, Visit, processor_of_app
from benchmarks.people import cookie_of, user_id
from portal.app import create_app
from portal.cli.serve import make_worker
from portal.database.extensions import db
from portal.explainer.queries import link_of
from portal.verification.queries import list_findings_of, see_one_moment

WARM_UP = 5
BAR_MS = 300  # 95 of 100 requests of an office are answered in this time
MONTH, PAST = "2026-10", "2026-08"
# What triggers and jobs keep, and what the pages of care stand on.
KEPT = (
    "tallies.sums",
    "tallies.cadres",
    "tallies.last_reports",
    "coverage.sums",
    "coverage.estimates",
    "participants.cohorts",
    "participants.states",
    "standings.live",
    "standings.counts",
)
# Of Palembang: the cadre with most participants, and a participant of theirs with an open task.
_BUSIEST = text(
    "SELECT c.id, c.user_id, c.code, c.branch_id, b.regional_office_id AS region_id FROM cadres AS c"
    " JOIN branches AS b ON b.id = c.branch_id JOIN participants AS p ON p.cadre_id = c.id"
    " WHERE b.code = 'L00' AND c.status = 'active' GROUP BY c.id, b.id ORDER BY count(*) DESC, c.id LIMIT 1"
)
_TO_CALL = text(
    "SELECT p.id FROM participants AS p JOIN renewal_tasks AS t ON t.participant_id = p.id AND t.status = 'open'"
    " WHERE p.cadre_id = :cadre ORDER BY p.id LIMIT 1"
)
# A branch in the middle of the nation, by the number of participants validated there.
_MIDDLE = text(
    "SELECT branch_id FROM tallies WHERE kind = 'cohort' GROUP BY branch_id ORDER BY sum(n)"
    " OFFSET (SELECT count(*) / 2 FROM branches) LIMIT 1"
)
Figures = dict[str, dict[str, Any]]


@dataclass
class Statements:
    """What a request asks of the database: how many statements, and the slowest of them."""

    count: int = 0
    slowest: float = 0.0
    words: str = ""
    began: float = field(default=0.0, repr=False)

    def before(self, *_: object) -> None:
        """Note that a statement begins."""
        self.began = time.perf_counter()

    def after(self, _connection: object, _cursor: object, words: str, *_: object) -> None:
        """Note that it has ended."""
        self.count += 1
        took = time.perf_counter() - self.began
        if took > self.slowest:
            self.slowest, self.words = took, words


@contextmanager
def _watched(app: Flask) -> Iterator[Statements]:
    """Watch the statements of one request."""
    seen = Statements()
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", seen.before)
    event.listen(engine, "after_cursor_execute", seen.after)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", seen.before)
        event.remove(engine, "after_cursor_execute", seen.after)


def _addresses(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Yield name, reader and address of each page."""
    with app.app_context():
        busiest = db.session.execute(_BUSIEST).one()
        person = db.session.execute(_TO_CALL, {"cadre": busiest.id}).scalar_one()
        middle = db.session.execute(_MIDDLE).scalar_one()
        link = link_of(busiest.code)
    branch, region = busiest.branch_id, busiest.region_id
    care = (
        ("care list", "/care"),
        ("participants of a cadre", f"/cadres/{busiest.id}/participants"),
        ("participants who lapsed", f"/cadres/{busiest.id}/participants?status=lapsed"),
        ("participant", f"/participants/{person}"),
        ("claim", f"/participants/{person}/claim?kind=death"),
    )
    shared = (
        ("home", "/"),
        ("compare", "/dashboard/branches"),
        ("quality", f"/dashboard/cadres?id={branch}"),
        ("quality, another branch", f"/dashboard/cadres?id={middle}"),
        ("quality as CSV", f"/dashboard/cadres?format=csv&month={MONTH}&id={branch}"),
        ("month report", f"/dashboard/report/{MONTH}?id={branch}"),
        ("month report, another branch", f"/dashboard/report/{PAST}?id={middle}"),
        ("silent", "/silent"),
        ("inactive", "/inactive"),
        ("coverage", "/coverage"),
        ("coverage of a region", f"/coverage/regions/{region}"),
        ("coverage of a branch", f"/coverage/branches/{branch}"),
        ("coverage of a branch, all", f"/coverage/branches/{branch}?all=1"),
        ("targets", f"/coverage/branches/{branch}/targets"),
        ("coverage as CSV", "/coverage/download"),
        ("coverage of a region as CSV", f"/coverage/regions/{region}/download"),
        ("coverage of a branch as CSV", f"/coverage/branches/{branch}/download"),
        *care,
    )
    elsewhere = {
        "supervisor": ("another branch", "of a region"),
        "office": ("another branch",),
        "nation": (),
    }
    redirected = {
        "supervisor": ("/coverage", "/coverage/download"),
        "office": ("/coverage", "/coverage/download"),
    }
    for who in ("supervisor", "office", "nation"):
        for name, address in shared:
            if not any(part in name for part in elsewhere[who]) and address not in redirected.get(who, ()):
                yield name, who, address
    yield "compare, branches of a region", "nation", f"/dashboard/branches?region={region}"
    yield "compare as CSV", "nation", "/dashboard/branches?format=csv"
    yield "hand-over", "nation", f"/cadres/{busiest.id}/hand-over"
    yield "home", "auditor", "/"
    yield "care list", "auditor", "/care"
    yield "home", "validator", "/"
    yield "home", "cadre", "/"
    yield "participants", "cadre", "/participants"
    yield "participants, active", "cadre", "/participants?status=active"
    yield "participant", "cadre", f"/participants/{person}"
    yield "claim", "cadre", f"/participants/{person}/claim?kind=accident"
    yield "explainer", "cadre", "/buku-saku"
    yield "explainer", "anybody", f"/buku-saku/{link}"
    yield "explainer's picture", "anybody", "/buku-saku/gambar.png"


def _cookies(app: Flask) -> Mapping[str, str]:
    """Sign one person of each kind in."""
    emails = {
        "supervisor": "fahmi",
        "office": "wahyu",
        "nation": "ratna",
        "auditor": "agus",
        "validator": "vera",
    }
    with app.app_context():
        users = {who: user_id(f"{name}@demo.test") for who, name in emails.items()}
        users["cadre"] = db.session.execute(_BUSIEST).one().user_id
    return {who: cookie_of(app, user) for who, user in users.items()} | {"anybody": ""}


def measure(*, requests: int, only: str) -> Figures:
    """Ask for each page so many times; return milliseconds, statements and the slowest statement by reader and page."""
    app = make_worker()
    cookies = _cookies(app)
    found: Figures = {}
    for name, who, address in _addresses(app):
        page = f"{who}: {name}"
        if only in page:
            try:
                found[page] = _measured(app, Visit(app, address, cookies[who]), requests)
            except SystemExit as refused:  # a statement that takes longer than a page may
                print(f"\n{page}: no answer, {refused}")
            print(".", end="", flush=True)
    print()
    return found


def _measured(app: Flask, visit: Visit, requests: int) -> dict[str, Any]:
    """Ask for a page, and measure it from then on."""
    with _watched(app) as seen:
        visit()
    with app.app_context():
        processor = processor_of_app()
    return _timed(visit, requests, processor) | {
        "statements": seen.count,
        "slowest_ms": round(seen.slowest * 1000, 1),
        "slowest": " ".join(seen.words.split()),
    }


def _timed(visit: Visit, requests: int, processor: Processor) -> dict[str, Any]:
    """Return the middle and the slow requests by the clock, and by the processor here and at the server.

    Others on the machine stretch the clock; parallel workers of the server are not in the processor's time.
    """
    for _ in range(min(WARM_UP, requests) - 1):
        visit()
    taken, cpu = [], []
    for _ in range(requests):
        began, spent = time.perf_counter(), processor.read()
        visit()
        taken.append((time.perf_counter() - began) * 1000)
        cpu.append((processor.read() - spent) / 1e6)
    return {
        f"{name}_{what}": round(statistics.quantiles(found, n=20, method="inclusive")[place - 1], 1)
        for what, found in (("ms", taken), ("cpu_ms", cpu))
        for name, place in (("p50", 10), ("p95", 19))
    }


def table(found: Figures) -> list[list[str]]:
    """Return the rows of a table, the slowest page first; what is over the bar is marked."""
    heading = [
        "page",
        "p50 ms",
        "p95 ms",
        "",
        "cpu p50",
        "cpu p95",
        "statements",
        "slowest ms",
        "slowest statement",
    ]
    rows = []
    for name, one in sorted(found.items(), key=lambda item: -item[1]["p95_ms"]):
        clock, rest = (
            [str(one[key]) for key in keys]
            for keys in (("p50_ms", "p95_ms"), ("p50_cpu_ms", "p95_cpu_ms", "statements", "slowest_ms"))
        )
        rows.append([name, *clock, "OVER" if one["p95_ms"] > BAR_MS else "", *rest, one["slowest"][:60]])
    return [heading, *rows]


def verify() -> int:
    """Hold what is kept against a fresh count; print each check, and return how many found something."""
    wrong = 0
    with create_app().app_context():
        see_one_moment()
        for check in KEPT:
            began = time.perf_counter()
            findings = list_findings_of(check)
            wrong += bool(findings)
            print(f"{check}: {len(findings)} findings, {time.perf_counter() - began:.0f} s", flush=True)
    return wrong
