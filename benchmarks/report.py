"""The table of bars: what is wanted, what was measured, whether it is met; and what became worse since the last time."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.places import KINDS
from benchmarks.reasons import reason_of

Results = dict[str, Any]  # database -> size -> part -> figures
WORSE = 1.2
WHY = "why"


class Missing(Exception):  # noqa: N818 - no error: this part was not run
    """A figure that was not measured in this run."""


@dataclass(frozen=True)
class Run:
    """The figures of one database; a bar asks for them by the path to them."""

    results: Results
    kind: str
    by: str = "clock"

    @property
    def sizes(self) -> dict[str, Any]:
        """Return the figures by size."""
        found: dict[str, Any] = self.results[self.kind]
        return found

    @property
    def largest(self) -> str:
        """Return the largest size that was measured."""
        return max(self.sizes, key=int)

    @property
    def smallest(self) -> str:
        """Return the smallest size that was measured."""
        return min(self.sizes, key=int)

    @property
    def unit(self) -> str:
        """Return under which name acts keep their seconds."""
        return "seconds" if self.by == "clock" else "cpu"

    def figure(self, *path: str, size: str = "") -> float:
        """Return a figure by its path, at the largest size that has this part unless another is asked for."""
        having = [each for each in self.sizes if path[0] in self.sizes[each]]
        found: Any = self.sizes.get(size or max(having, key=int, default=self.largest))
        for name in path:
            if name not in (found or {}):
                raise Missing
            found = found[name]
        return float(found)

    def time(self, part: str, name: str, *, size: str = "") -> float:
        """Return a page's or a read's microseconds, by the clock or by the processor."""
        return self.figure(part, f"{self.by}_us", name, size=size)


@dataclass(frozen=True)
class Bar:
    """A row of the table of bars: `wanted` is the bar on SQLite and on PostgreSQL, None where it has none."""

    what: str
    wanted: tuple[float | None, float | None]
    figure: Callable[[Run], float]
    at_least: bool = False


def _of(part: str, name: str, floor: str) -> Callable[[Run], float]:
    """Make the figure "so many times the floor"."""
    return lambda run: run.time(part, name) / run.time(part, floor)


def _share(part: str, name: str, floor: str) -> Callable[[Run], float]:
    """Make the figure "this share of the floor's speed"."""
    return lambda run: run.time(part, floor) / run.time(part, name)


def _grown(*names: str) -> Callable[[Run], float]:
    """Make the figure of the page that grew most from the smallest size to the largest."""

    def worst(run: Run) -> float:
        if run.largest == run.smallest:
            raise Missing
        return max(run.time("pages", name) / run.time("pages", name, size=run.smallest) for name in names)

    return worst


def _exponent(cost: Callable[[Run, str], float]) -> Callable[[Run], float]:
    """Make the figure "cost grows with this power of the number of cadres", from the smallest size to the largest."""

    def figure(run: Run) -> float:
        if run.largest == run.smallest:
            raise Missing
        times = cost(run, run.largest) / cost(run, run.smallest)
        return math.log(times) / math.log(int(run.largest) / int(run.smallest))

    return figure


def _growing_pages(*names: str) -> Callable[[Run], float]:
    """Make the exponent of the page that grows most."""
    each = [_exponent(lambda run, size, name=name: run.time("pages", name, size=size)) for name in names]  # type: ignore[misc] # mypy cannot infer a lambda with a default
    return lambda run: max(figure(run) for figure in each)


def _growing_act(act: str) -> Callable[[Run], float]:
    return _exponent(lambda run, size: run.figure(act, run.unit, size=size))


def _kilobytes(name: str) -> Callable[[Run], float]:
    return lambda run: run.figure("weight", name) / 1000


def _against_peer(run: Run) -> float:
    """Return how often the own rank is answered for each answer of the other program's page, over 32 connections."""
    ours, theirs = (run.figure("serve", "alone", name, "32", "per_second") for name in ("own rank", "peer"))
    return ours / theirs


def _scored(category: str) -> Callable[[Run], float]:
    """Make the figure of the page with Lighthouse's lowest score."""

    def lowest(run: Run) -> float:
        pages = run.results[run.kind][run.largest].get("lighthouse") or {}
        if not pages:
            raise Missing
        return min(float(scores[category]) for scores in pages.values())

    return lowest


def _against_sqlite(run: Run) -> float:
    """Return how much longer the own rank takes than on SQLite, at the same size."""
    if run.largest not in run.results.get("sqlite", {}):
        raise Missing
    theirs = Run(run.results, "sqlite", run.by).time("pages", "own rank", size=run.largest)
    return run.time("pages", "own rank") / theirs


def _act(act: str, floor: str = "") -> Callable[[Run], float]:
    """Make the figure "so many times the act's floor", or another act's."""
    return lambda run: run.figure(act, run.unit) / run.figure(floor or act, "floor", run.unit)


def _plain(*path: str) -> Callable[[Run], float]:
    """Make a figure of what stands at this path."""
    return lambda run: run.figure(*path)


def _unchanged(when: str) -> Callable[[Run], float]:
    """Make the figure "a 304 against /healthz", over 32 connections."""
    rate = ("32", "per_second")
    return lambda run: run.figure("serve", when, "304", *rate) / run.figure("serve", when, "healthz", *rate)


def _durable(run: Run) -> float:
    return run.figure("commits", "commits") / run.figure("commits", "fdatasync")


OWN = ("home", "own rank", "own rank, region", "own rank, nation", "Insentif", "statement")
ACTS = ("import", "standings", "close", "verify", "approving")
SCORES = (("performance", 98), ("accessibility", 100), ("best-practices", 100), ("seo", 100))
BARS = (
    Bar("own rank against one row", (0.17, 0.25), _share("pages", "own rank", "one row"), at_least=True),
    Bar("own rank on PostgreSQL against SQLite", (None, 1.3), _against_sqlite),
    Bar("a cadre's pages, largest against smallest size", (1.2, 1.2), _grown(*OWN)),
    Bar("home against own rank", (3, 3), _of("pages", "home", "own rank")),
    Bar("Insentif against own rank", (3, 3), _of("pages", "Insentif", "own rank")),
    Bar("statement against own rank", (3, 3), _of("pages", "statement", "own rank")),
    Bar("exponent of a cadre's pages", (0.1, 0.1), _growing_pages(*OWN)),
    Bar("home of the nation, largest against smallest", (1.5, 1.5), _grown("nation home")),
    Bar("national rank against a key read", (2.5, 2.5), _of("reads", "national rank", "key read")),
    Bar(
        "national ranks that differ from RANK()", (0, 0), lambda run: run.figure("reads", "ranks that differ")
    ),
    Bar("board page of 100 against a key read", (9.5, 3.5), _of("reads", "board page", "key read")),
    Bar("the same, deep", (9.5, 3.5), _of("reads", "board page, deep", "key read")),
    Bar("first document, kB compressed", (9, 9), _kilobytes("document")),
    Bar("its scripts, kB", (10, 10), _kilobytes("script")),
    Bar("whole rank page, kB", (25, 25), _kilobytes("visit")),
    Bar("repeat visit, kB", (2, 2), _kilobytes("again")),
    *(Bar(f"Lighthouse, {name}", (wanted, wanted), _scored(name), at_least=True) for name, wanted in SCORES),
    Bar("own rank against a peer's page", (6.3, 5.8), _against_peer, at_least=True),
    Bar("304 against /healthz, 32 connections", (0.35, 0.25), _unchanged("alone"), at_least=True),
    Bar("the same beside 50 approvals a second", (0.35, 0.25), _unchanged("beside"), at_least=True),
    Bar("approving 25 against bare inserts", (6, 6), _act("approving")),
    Bar("errors of 8 who approve at once", (0, 0), _plain("approving", "together", "errors")),
    Bar("longest wait beside an import, s", (2, None), _plain("beside", "import", "longest_seconds")),
    Bar("errors beside an import", (0, 0), _plain("beside", "import", "errors")),
    Bar("longest wait beside a close, s", (2, None), _plain("beside", "close", "longest_seconds")),
    Bar("errors beside a close", (0, 0), _plain("beside", "close", "errors")),
    Bar("standings and ranks against DuckDB", (4, 8), _act("standings")),
    Bar("close against the same", (50, 50), _act("close", "standings")),
    Bar("close, MiB above start", (128, 128), _plain("close", "mib_above_start")),
    Bar("import against its floor", (4, 6), _act("import")),
    Bar("import, MiB above start", (128, 128), _plain("import", "mib_above_start")),
    Bar(
        "verify against the close",
        (1, 1),
        lambda run: run.figure("verify", run.unit) / run.figure("close", run.unit),
    ),
    *(Bar(f"exponent of {act}", (1.1, 1.1), _growing_act(act)) for act in ACTS),
    Bar("demo load of 100,000, s", (180, 180), lambda run: run.figure("demo", run.unit, size="100000")),
    Bar("durable commits against fdatasync", (0.3, 0.2), _durable, at_least=True),
)


def table(results: Results, *, busy: bool) -> list[list[str]]:
    """Return the table, a row for each bar and database; what was not run is left out.

    On a busy machine the figure by the processor decides, where there is one. A bar that was missed says why.
    """
    found = [["bar", "database", "wanted", "by clock", "by processor", "", WHY]]
    for bar in BARS:
        for kind in results:
            wanted = bar.wanted[KINDS.index(kind)]
            try:
                clock, cpu = (bar.figure(Run(results, kind, by)) for by in ("clock", "cpu"))
            except (Missing, ZeroDivisionError):
                continue
            if wanted is not None:
                judged = cpu if busy else clock
                sign, met = ("≥", judged >= wanted) if bar.at_least else ("≤", judged <= wanted)
                cells = [f"{sign} {wanted:g}", f"{clock:.3g}", f"{cpu:.3g}" if cpu != clock else ""]
                verdict = ["met", ""] if met else ["MISSED", reason_of(bar.what, kind)]
                found.append([bar.what, kind, *cells, *verdict])
    return found


def aligned(rows: list[list[str]]) -> str:
    """Lay rows out in columns, the first and the words to the left and the others to the right."""
    if not rows:
        return ""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    left = [n == 0 or name == WHY for n, name in enumerate(rows[0])]
    lines = (
        "  ".join(
            cell.ljust(width) if at_left else cell.rjust(width)
            for cell, width, at_left in zip(row, widths, left, strict=True)
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def regressions(results: Results, before: Results) -> list[str]:
    """Name the bars whose figure is over 20 % worse than in the results before, at the largest size of both.

    By the processor where there is such a figure: clocks of two runs cannot be compared on a shared machine.
    """
    found = []
    for bar in BARS:
        for kind in results:
            shared = set(results[kind]) & set(before.get(kind, {}))
            try:
                now, then = (bar.figure(_at(one, shared, kind)) for one in (results, before))
                worse = (then, now) if bar.at_least else (now, then)
            except (Missing, ZeroDivisionError):
                continue
            if worse[0] > WORSE * worse[1]:
                found.append(f"{bar.what}, {kind}: {then:.3g} before, {now:.3g} now")
    return found


def _at(results: Results, sizes: set[str], kind: str) -> Run:
    """Return a run with the figures of these sizes alone."""
    if not sizes:
        raise Missing
    kept = {each: {size: results[each][size] for size in sizes if size in results[each]} for each in results}
    return Run(kept, kind, "cpu")
