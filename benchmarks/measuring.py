"""Measuring in process: acts that take turns, so that a slow moment of a shared machine hits all of them."""

import itertools
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from flask import Flask
from sqlalchemy import text
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal.database.extensions import db

Act = Callable[[], object]
ROUND_SECONDS = 0.02  # a round repeats a quick act for about so long


class Processor:
    """Nanoseconds of processor time: this process's, and those of the database's processes that serve it.

    Others on the machine stretch a wall clock, and this hardly; but waiting, for the disk or a turn, is not in it.
    """

    def __init__(self, servers: Iterable[int] = ()) -> None:
        self.files = [Path(f"/proc/{pid}/schedstat") for pid in servers]

    def read(self) -> int:
        """Return what has been spent up to now."""
        return time.process_time_ns() + sum(int(file.read_text().split()[0]) for file in self.files)


def processor_of_app() -> Processor:
    """Watch this process and the server's processes behind its connections."""
    if db.engine.dialect.name == "sqlite":
        return Processor()
    own = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    found = list(db.session.execute(own).scalars())
    db.session.rollback()
    return Processor(found)


def microseconds(
    acts: Mapping[str, Act], processor: Processor, *, seconds: float
) -> dict[str, dict[str, float]]:
    """Measure acts in rounds in turn until the seconds are over, at least five rounds.

    "clock_us" are medians by the clock. "cpu_us" is the processor time of each act's quieter rounds (the tenth part is
    below it): beside other work on the machine the clock says nothing, and this still tells one page from another.
    """
    repeats = {name: _repeats(act) for name, act in acts.items()}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in acts}
    end = time.perf_counter() + seconds
    rounds = 0
    while rounds < 5 or time.perf_counter() < end:
        rounds += 1
        for name, act in acts.items():
            taken[name].append(_once(act, repeats[name], processor))
    return {
        "clock_us": {name: _part(found, 0, 5) for name, found in taken.items()},
        "cpu_us": {name: _part(found, 1, 1) for name, found in taken.items()},
    }


def _part(found: list[tuple[float, float]], which: int, tenths: int) -> float:
    """Return the figure below which so many tenths of the rounds are, in microseconds."""
    return round(statistics.quantiles([one[which] for one in found], n=10)[tenths - 1] / 1000, 1)


def _repeats(act: Act) -> int:
    """Warm an act up and say how often a round repeats it: 1 to 20 times."""
    spent = min(_once(act, 1, Processor())[0] for _ in range(3))
    return max(1, min(20, int(ROUND_SECONDS * 1e9 / spent)))


def _once(act: Act, repeats: int, processor: Processor) -> tuple[float, float]:
    cpu, began = processor.read(), time.perf_counter_ns()
    for _ in range(repeats):
        act()
    return (time.perf_counter_ns() - began) / repeats, (processor.read() - cpu) / repeats


def cycle(act: Callable[[int], object], values: Iterable[int]) -> Act:
    """Make an act that takes the values one after the other, and begins again."""
    turns = itertools.cycle(values)
    return lambda: act(next(turns))


class Visit:
    """Requests of one person for one address, at the WSGI application itself: a test client costs as much as a page."""

    def __init__(
        self, app: Flask, path: str, cookie: str = "", *, status: str = "200", **headers: str
    ) -> None:
        self.app, self.path, self.status = app, path, status
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.environ = EnvironBuilder(path=path, headers=[*sent.items(), ("Cookie", cookie)]).get_environ()
        if "?" in path:
            address, _, query = path.partition("?")
            self.environ |= {"PATH_INFO": address, "QUERY_STRING": query}

    def __call__(self) -> tuple[bytes, Headers]:
        """Ask once and return body and headers; any other status than the wanted one ends the run."""
        body, status, headers = run_wsgi_app(self.app.wsgi_app, dict(self.environ))
        content = b"".join(body)
        if not status.startswith(self.status):
            raise SystemExit(f"{self.path}: {status}")
        return content, headers
