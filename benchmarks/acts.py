"""Acts that many small steps make up, measured in a process of their own: ranks of a month, approvals, commits."""

import itertools
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import text

from benchmarks import bare, children
from benchmarks.children import Figures
from benchmarks.data import MONTH, PRESENT
from benchmarks.measuring import Processor, processor_of_app
from portal import clock
from portal.activities.services.decide import approve_activities
from portal.app import create_app
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Actor, Signature
from portal.leaderboards.services import freeze_standings

BATCH, ROUNDS = 25, 15
_WAITING = text(
    "SELECT a.id, a.version, u.id AS reviewer, u.name, a.branch_id FROM activities AS a"
    " JOIN users AS u ON u.branch_id = a.branch_id AND u.role = 'supervisor'"
    " WHERE a.status = 'submitted' AND EXISTS (SELECT 1 FROM photos AS p WHERE p.report_ref = a.ref) ORDER BY a.id"
)
_ROWS = text("SELECT * FROM frozen_standings WHERE month = :month")
_BARE = (
    "INSERT INTO ledger_entries (cadre_id, branch_id, month, original_month, points, kind, source, rule_version,"
    " earned_on, posted_at, posted_by) VALUES ({marks})"
)


@dataclass
class Laps:
    """How long an act took each time, by the clock and by the processor."""

    processor: Processor
    clock: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def run(self, act: Callable[[], object]) -> None:
        """Do the act once."""
        before, began = self.processor.read(), time.perf_counter()
        act()
        self.clock.append(time.perf_counter() - began)
        self.cpu.append((self.processor.read() - before) / 1e9)

    def figures(self) -> Figures:
        """Return the medians in seconds."""
        return {"seconds": statistics.median(self.clock), "cpu": statistics.median(self.cpu)}


def standings(rounds: str) -> Figures:
    """Freeze a month's ranks; let DuckDB compute them and store the same rows. Neither commits."""
    with create_app().app_context():
        duckdb = bare.load_duckdb()
        processor = processor_of_app()
        ours, computed, stored = Laps(processor), Laps(processor), Laps(processor)
        start = children.forget_peak()
        for _ in range(int(rounds)):
            db.session.rollback()
            db.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            ours.run(lambda: freeze_standings(month=MONTH))
            memory = children.peak_mib() - start
            found = db.session.execute(_ROWS, {"month": MONTH})
            columns, rows = list(found.keys()), [tuple(row) for row in found]
            computed.run(lambda: bare.compute_ranks(duckdb))
            stored.run(lambda: bare.store_frozen(rows, columns))  # noqa: B023 - called at once
        db.session.rollback()
    floor = {name: computed.figures()[name] + stored.figures()[name] for name in ("seconds", "cpu")}
    return {**ours.figures(), "floor": floor, "rows": len(rows), "mib_above_start": memory}


def _waiting() -> dict[Actor, list[tuple[int, int]]]:
    """List the reports that wait as (id, version), by who may approve them; Palembang's stay for its page."""
    found: dict[Actor, list[tuple[int, int]]] = defaultdict(list)
    palembang = db.session.execute(text("SELECT id FROM branches WHERE code = 'L00'")).scalar_one()
    actors: dict[int, Actor] = {}
    for row in db.session.execute(_WAITING):
        if row.branch_id != palembang and actors.setdefault(
            row.branch_id,
            Actor(row.reviewer, "supervisor", row.name, "branch", row.branch_id, None),
        ):
            found[actors[row.branch_id]].append((row.id, row.version))
    db.session.rollback()
    return found


def _batches(size: int) -> Iterator[tuple[Actor, list[tuple[int, int]]]]:
    """Yield who approves which reports together."""
    for actor, reports in _waiting().items():
        for start in range(0, len(reports) - size + 1, size):
            yield actor, reports[start : start + size]


def _approve(actor: Actor, picked: list[tuple[int, int]]) -> None:
    with transaction():
        decisions = approve_activities(picked=picked, by=Signature(actor, clock.now()))
    if any(one.code for one in decisions):
        raise SystemExit(f"not approved: {decisions}")


def approving() -> Figures:
    """Approve 25 reports at a time, in turn with inserts of 25 entries into the ledger and nothing else."""
    with create_app().app_context():
        numbers, found = itertools.count(), list(itertools.islice(_batches(BATCH), ROUNDS))
        ours, floor = Laps(processor := processor_of_app()), Laps(processor)
        for actor, picked in found:
            ours.run(lambda: _approve(actor, picked))  # noqa: B023 - called at once
            floor.run(lambda: _insert_bare(actor, numbers))  # noqa: B023 - as above
    return {**ours.figures(), "floor": floor.figures(), "rounds": len(found)}


def _insert_bare(actor: Actor, numbers: Iterator[int]) -> None:
    at, day, cadre = clock.now(), date(2026, 11, 20), 1
    sqlite = db.engine.dialect.name == "sqlite"
    moment, earned = (at.replace(tzinfo=None).isoformat(" "), day.isoformat()) if sqlite else (at, day)
    head = (cadre, actor.branch_id, PRESENT, PRESENT, 20, "activity")
    rows = [(*head, f"bench:{next(numbers)}", 1, earned, moment, actor.user_id) for _ in range(BATCH)]
    statement = _BARE.format(marks=", ".join(["?" if sqlite else "%s"] * len(rows[0])))
    with transaction():
        db.session.connection().connection.cursor().executemany(statement, rows)


def writer(share: str, of: str, pause: str) -> Figures:
    """Approve one report after the other until standard input ends; return how long each took, and the errors.

    `share` of `of` writers takes its own reports; `pause` is the seconds between the beginnings of two.
    """
    ended = threading.Event()
    threading.Thread(target=_await_end, args=(ended,), daemon=True).start()
    errors: list[str] = []
    waits = Laps(Processor())
    with create_app().app_context():
        mine = list(_batches(1))[int(share) :: int(of)]
        print("ready", flush=True)
        began = time.perf_counter()
        for number, (actor, picked) in enumerate(mine):
            due = began + number * float(pause) - time.perf_counter()
            if ended.wait(max(due, float(pause) / 4)):  # nobody clicks without a breath
                break
            try:
                waits.run(lambda: _approve(actor, picked))  # noqa: B023 - called at once
            except Exception as problem:  # noqa: BLE001 - whatever it is, it is what we count
                errors.append(f"{type(problem).__name__}: {problem}"[:200])
        seconds = time.perf_counter() - began
    return {"waits": waits.clock, "errors": errors, "seconds": seconds}


def _await_end(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


def commits(folder: str, seconds: str) -> Figures:
    """Count durable commits of one row through the portal's transaction, and calls of fdatasync, by turns."""
    counted: dict[str, list[float]] = {"commits": [], "fdatasync": []}
    with create_app().app_context(), tempfile.TemporaryFile(dir=folder) as file:
        numbers = itertools.count()

        def commit() -> None:
            values: dict[str, Any] = {"name": f"bench-{next(numbers)}"}
            with transaction():
                db.session.connection().execute(
                    text("INSERT INTO parameters (name, from_month, value) VALUES (:name, '0000-00', '1')"),
                    values,
                )

        def flush() -> None:
            os.pwrite(file.fileno(), b"x" * 8192, 0)
            os.fdatasync(file.fileno())

        for _ in range(4):
            for name, act in (("commits", commit), ("fdatasync", flush)):
                counted[name].append(_rate(act, float(seconds) / 8))
    return {name: statistics.median(rates) for name, rates in counted.items()}


def _rate(act: Callable[[], None], seconds: float) -> float:
    began, count = time.perf_counter(), 0
    while time.perf_counter() < began + seconds:
        act()
        count += 1
    return count / (time.perf_counter() - began)


ACTS: dict[str, Callable[..., Figures]] = {
    "standings": standings,
    "approving": approving,
    "writer": writer,
    "commits": commits,
}

if __name__ == "__main__":
    children.answer(lambda name, *words: ACTS[name](*words))
