"""How cost grows with the number of cadres: t ~ n^e, from the smallest size to the largest. 0 is flat, 1 linear."""

import math
from collections.abc import Iterator
from typing import Any

from benchmarks.report import ACTS, Results


def costs(figures: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield what a size costs, by the processor: pages and reads in microseconds, acts in seconds."""
    for part in ("pages", "reads"):
        yield from figures.get(part, {}).get("cpu_us", {}).items()
    for act in ACTS:
        if act in figures:
            yield act, figures[act]["cpu"]


def exponents(results: Results) -> list[list[str]]:
    """Return a row for each page and act, a column for each database measured at more than one size."""
    found: dict[str, dict[str, str]] = {}
    kinds = [kind for kind in results if len(results[kind]) > 1]
    for kind in kinds:
        small, large = min(results[kind], key=int), max(results[kind], key=int)
        before = dict(costs(results[kind][small]))
        for name, cost in costs(results[kind][large]):
            if before.get(name) and cost:
                exponent = math.log(cost / before[name]) / math.log(int(large) / int(small))
                found.setdefault(name, {})[kind] = f"{exponent:.2f}"
    rows = [[name, *(cells.get(kind, "") for kind in kinds)] for name, cells in found.items()]
    return [["exponent of the number of cadres", *kinds], *rows] if rows else []
