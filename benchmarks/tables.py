"""The figures themselves, laid out for reading: pages in microseconds, acts in seconds and memory, requests a second."""

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.report import Results

Rows = list[list[str]]
WEIGHED = {
    "document": "first document",
    "script": "scripts",
    "visit": "whole first visit",
    "again": "repeat visit",
}
ACTS = ("import", "standings", "close", "verify", "approving", "demo")


def _table(results: Results, head: str, cells: Callable[[dict[str, Any]], Iterator[tuple[str, str]]]) -> Rows:
    """Return a table with a column for each database and size; no rows if nothing of it was measured."""
    columns = [(kind, size) for kind in results for size in results[kind]]
    found = [dict(cells(results[kind][size])) for kind, size in columns]
    names = dict.fromkeys(name for column in found for name in column)
    rows = [[name, *(column.get(name, "") for column in found)] for name in names]
    return [[head, *(f"{kind} {size}" for kind, size in columns)], *rows] if rows else []


def _pages(figures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for part in ("pages", "reads"):
        measured = figures.get(part)
        if measured:
            for name, clock in measured["clock_us"].items():
                yield name, f"{clock:.0f} ({measured['cpu_us'][name]:.0f})"


def _acts(figures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    found = {name: figures[name] for name in ACTS if name in figures}
    found |= {f"export {name}": each for name, each in figures.get("exports", {}).items()}
    for name, each in found.items():
        memory = f" {each['mib_above_start']:.0f} MiB" if "mib_above_start" in each else ""
        yield name, f"{each['seconds']:.3f} ({each['cpu']:.3f}){memory}"
        if "floor" in each:
            yield f"  its floor, {name}", f"{each['floor']['seconds']:.3f} ({each['floor']['cpu']:.3f})"
    writing = {"8 approve at once": figures.get("approving", {}).get("together")}
    writing |= {f"approvals beside the {name}": each for name, each in figures.get("beside", {}).items()}
    for name, each in writing.items():
        if each:
            yield (
                name,
                f"{each['per_second']:.0f}/s, longest {each['longest_seconds']} s, {each['errors']} errors",
            )


def _served(figures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for when in ("alone", "beside"):
        for page, by_connections in figures.get("serve", {}).get(when, {}).items():
            for connections, each in by_connections.items():
                name = f"{page}, {connections} connections" + (
                    ", beside approvals" if when == "beside" else ""
                )
                yield name, f"{each['per_second']:.0f} ({each['p50_ms']:g}, {each['p99_ms']:g})"
    if figures.get("serve"):
        yield "approvals a second meanwhile, of 50 wanted", f"{figures['serve']['approvals_per_second']:.0f}"


def _weighed(figures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, count in figures.get("weight", {}).items():
        yield WEIGHED[name], f"{count}"
    for page, scores in figures.get("lighthouse", {}).items():
        yield f"Lighthouse, {page}", " ".join(f"{score:g}" for score in scores.values())


def all_tables(results: Results) -> list[Rows]:
    """Return the tables of what was measured."""
    return [
        _table(results, "microseconds by the clock (by the processor)", _pages),
        _table(results, "seconds by the clock (by the processor), memory above start", _acts),
        _table(results, "the rank page in bytes, Lighthouse's scores", _weighed),
        _table(results, "requests a second (p50, p99 in ms)", _served),
    ]
