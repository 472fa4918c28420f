"""The parts of a run: what each is called on the command line, and how it is measured at one size."""

import contextlib
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import children, data, lighthouse, places, serving
from benchmarks.children import Figures
from benchmarks.data import CLOSE_WORDS, MONTH
from benchmarks.places import Place, working_copy

Part = Callable[[Place, int, bool], Figures]
EXPORTS = ("ledger", "standings", "statements", "lines", "hosts", "payables", "digest")
DEMO = 1_000  # a larger demo takes minutes: only a run that is told --only demo loads one
WRITERS = 8


def pages(place: Place, size: int, quick: bool) -> Figures:
    """Pages in process, and the reads behind boards and ranks."""
    with working_copy(place, data.ensure(place, size, "closed")) as url:
        return children.run("pages", url, 5 if quick else 20)


def _measured(place: Place, size: int, stage: str) -> Figures:
    """Return what the act that leads to a stage took: when this run made the data, or else once more on a copy."""
    name = data.ensure(place, size, stage)
    if name in data.MADE[place.kind]:
        return data.MADE[place.kind][name]
    before, words = data.step_to(place, size, stage)
    with working_copy(place, data.ensure(place, size, before)) as url:
        return children.act(place, url, "commands", *words)


def import_(place: Place, size: int, quick: bool) -> Figures:
    """The import of October's extract, and its floor."""
    del quick
    with working_copy(place, data.ensure(place, size, "fresh")) as url:
        floor = children.act(place, url, "bare", data.extract_file(place, size))
    return {"import": _measured(place, size, "applied") | {"floor": floor}}


def close(place: Place, size: int, quick: bool) -> Figures:
    """The ranks of October against DuckDB, the whole close, and the verification of what it wrote."""
    with working_copy(place, data.ensure(place, size, "applied")) as url:
        standings = children.run("acts", url, "standings", 1 if quick else 3)
    closed = _measured(place, size, "closed")
    with working_copy(place, data.ensure(place, size, "closed")) as url:
        verified = children.act(place, url, "commands", "verify")
    return {"standings": standings, "close": closed, "verify": verified}


def exports(place: Place, size: int, quick: bool) -> Figures:
    """Each export of the closed month."""
    del quick
    found = {}
    with (
        working_copy(place, data.ensure(place, size, "closed")) as url,
        tempfile.TemporaryDirectory() as folder,
    ):
        for name in EXPORTS:
            file = Path(folder) / f"{name}.{'txt' if name == 'digest' else 'csv'}"
            found[name] = children.act(place, url, "commands", "export", name, MONTH, "--out", file)
    return {"exports": found}


def approving(place: Place, size: int, quick: bool) -> Figures:
    """Approvals of 25 against bare inserts, and eight people who approve at the same time."""
    closed = data.ensure(place, size, "closed")
    with working_copy(place, closed) as url:
        one = children.run("acts", url, "approving")
    with working_copy(place, closed) as url:
        writers = [children.start("acts", url, "writer", n, WRITERS, 0) for n in range(WRITERS)]
        together = _stop_after(writers, 2 if quick else 5)
    return {"approving": one | {"together": together}}


def beside(place: Place, size: int, quick: bool) -> Figures:
    """Somebody who approves a report every tenth of a second while an extract is applied, and while a month closes."""
    del quick
    found = {}
    for act, stage, words in (
        ("import", "fresh", data.import_words(place, size)),
        ("close", "applied", CLOSE_WORDS),
    ):
        with working_copy(place, data.ensure(place, size, stage)) as url:
            writer = children.start("acts", url, "writer", 0, 1, 0.1)
            _wait_until_ready(writer)
            failed = _fails(url, words)
            found[act] = _waits([children.finish(writer)])
            found[act]["errors"] += failed
    return {"beside": found}


def _fails(url: str, words: tuple[object, ...]) -> bool:
    """Run a command and tell whether it failed: an act that never gets its turn is an error as well."""
    try:
        children.run("commands", url, *words)
    except SystemExit as problem:
        print(problem, file=sys.stderr)
        return True
    return False


def _wait_until_ready(child: subprocess.Popen[str]) -> None:
    assert child.stdout is not None
    child.stdout.readline()


def _stop_after(writers: list[subprocess.Popen[str]], seconds: float) -> Figures:
    for one in writers:
        _wait_until_ready(one)
    with contextlib.suppress(subprocess.TimeoutExpired):  # or until the reports are all approved
        writers[0].wait(timeout=seconds)
    for one in writers:
        assert one.stdin is not None
        one.stdin.close()
        one.stdin = None
    return _waits([children.finish(one) for one in writers])


def _waits(found: list[Figures]) -> Figures:
    """Sum writers up: how many approvals, how long the middle and the longest took, which errors."""
    waits = sorted(wait for each in found for wait in each["waits"])
    errors = [error for each in found for error in each["errors"]]
    return {
        "approvals": len(waits),
        "per_second": round(sum(len(each["waits"]) / each["seconds"] for each in found), 1),
        "median_seconds": round(statistics.median(waits), 4) if waits else None,
        "longest_seconds": round(waits[-1], 3) if waits else None,
        "errors": len(errors),
        "first_error": errors[0] if errors else None,
    }


def commits(place: Place, size: int, quick: bool) -> Figures:
    """Durable commits a second, against calls of fdatasync on the same disk."""
    with working_copy(place, data.ensure(place, size, "fresh")) as url:
        return {"commits": children.run("acts", url, "commits", places.folder(), 2 if quick else 6)}


def demo(place: Place, size: int, quick: bool) -> Figures:
    """The demo loaded into an empty database."""
    del quick
    name = f"demo-work-{size}"
    place.create(name)
    try:
        children.run("commands", place.url(name), "db", "upgrade")
        words = ("demo", "load", "--cadres", size, "--seed", 1, "--until", "2026-11-22")
        return {"demo": children.act(place, place.url(name), "commands", *words)}
    finally:
        place.drop(name)


def serve(place: Place, size: int, quick: bool) -> Figures:
    """Pages under `portal serve`: their weight, and their speed alone and while reports are approved."""
    with working_copy(place, data.ensure(place, size, "closed")) as url:
        return serving.measure(url, seconds=1 if quick else 3)


def look(place: Place, size: int, quick: bool) -> Figures:
    """Lighthouse's scores of a cadre's pages, which are the same on both databases and at any size."""
    del quick
    with working_copy(place, data.ensure(place, size, "closed")) as url:
        return lighthouse.measure(url)


PARTS: dict[str, Part] = {
    "pages": pages,
    "import": import_,
    "close": close,
    "exports": exports,
    "approving": approving,
    "beside": beside,
    "commits": commits,
    "demo": demo,
    "serve": serve,
    "lighthouse": look,
}


def is_skipped(name: str, size: int) -> bool:
    """Tell whether a run that nobody told what to measure leaves this part out at this size."""
    return name == "demo" and size > DEMO


WHOLE = tuple(name for name in PARTS if name != "lighthouse")  # that one only if it is asked for
QUICK = ("pages",)
