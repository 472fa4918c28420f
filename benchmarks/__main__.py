"""python -m benchmarks: measure, print the table of bars, write benchmarks/results.json.

A run of everything writes results.json; one that was told to measure less writes beside the data and leaves it alone.
Both are compared with it. Times on a shared machine are noise: read the ratios, and the column by processor.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from benchmarks import growth, parts, places, report, tables

RESULTS = Path(__file__).parent / "results.json"
SIZES = "600,20000,100000"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure the portal against its bars."
    )
    parser.add_argument(
        "--quick", action="store_true", help="pages at 600 cadres alone, for a minute at most"
    )
    parser.add_argument("--sizes", default=None, help=f"how many cadres, by default {SIZES}")
    parser.add_argument("--only", default=None, help=f"some of: {', '.join(parts.PARTS)}")
    parser.add_argument("--database", choices=[*places.KINDS, "both"], default="both")
    parser.add_argument("--out", type=Path, default=None, help="where the figures go")
    return parser.parse_args()


def main() -> None:
    """Measure what is asked for, size by size, and say what came of it."""
    asked = arguments()
    kinds = places.KINDS if asked.database == "both" else (asked.database,)
    sizes = [int(size) for size in (asked.sizes or ("600" if asked.quick else SIZES)).split(",")]
    wanted = asked.only.split(",") if asked.only else list(parts.QUICK if asked.quick else parts.PARTS)
    results: report.Results = {}
    load = 0.0
    for size in sizes:
        for kind in kinds:
            found = results.setdefault(kind, {}).setdefault(str(size), {})
            for name in wanted:
                load = max(load, os.getloadavg()[0])
                say(f"{name} on {kind} with {size} cadres")
                found.update(parts.PARTS[name](places.place_of(kind), size, asked.quick))
    whole = not (asked.quick or asked.only or asked.sizes or asked.database != "both")
    out = asked.out or (RESULTS if whole else places.folder() / "last.json")
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    out.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    show(results, before, load)
    say(f"written to {out}")


def show(results: report.Results, before: report.Results, load: float) -> None:
    """Print the figures, the table of bars, and what is worse than in the results before."""
    busy = load > (os.cpu_count() or 1)
    shown = [*tables.all_tables(results), growth.exponents(results), report.table(results, busy=busy)]
    print("\n\n".join(report.aligned(rows) for rows in shown if rows))
    if busy:
        print(
            f"\nThe machine is busy (load {load:.1f}): judged by the processor where there is such a figure."
        )
    worse = report.regressions(results, before)
    print("\nOver 20 % worse than benchmarks/results.json:" if worse else "")
    print("\n".join(worse))


def say(words: str) -> None:
    """Tell the one who waits how far it is."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
