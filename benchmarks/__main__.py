"""python -m benchmarks: measure, print the table of bars, write benchmarks/results.json.

A run of everything writes results.json; one that was told to measure less writes beside the data and leaves it alone.
Both are compared with it. Times on a shared machine are noise: read the ratios, and the column by processor.
"""

import argparse
import itertools
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
    parser.add_argument(
        "--show", type=Path, nargs="+", help="measure nothing; show the figures of these files"
    )
    return parser.parse_args()


def main() -> None:
    """Measure what is asked for, or read it from files, and say what came of it."""
    asked = arguments()
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    whole = not (asked.show or asked.quick or asked.only or asked.sizes or asked.database != "both")
    out = asked.out or (RESULTS if whole else places.folder() / "last.json")
    results = merged(asked.show) if asked.show else measured(asked, out)
    write(out, results)
    show(results, before)
    say(f"written to {out}")


def write(out: Path, results: report.Results) -> None:
    """Write figures to a file."""
    out.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


def measured(asked: argparse.Namespace, out: Path) -> report.Results:
    """Measure part by part, size by size, and keep what there is after each beside the data.

    "load" is how busy the machine was at most when a part began.
    """
    kinds = places.KINDS if asked.database == "both" else (asked.database,)
    sizes = [int(size) for size in (asked.sizes or ("600" if asked.quick else SIZES)).split(",")]
    wanted = asked.only.split(",") if asked.only else list(parts.QUICK if asked.quick else parts.WHOLE)
    results: report.Results = {kind: {str(size): {"load": 0.0} for size in sizes} for kind in kinds}
    for size, kind, name in itertools.product(sizes, kinds, wanted):
        if not asked.only and parts.is_skipped(name, size):
            continue
        say(f"{name} on {kind} with {size} cadres")
        found = results[kind][str(size)]
        found["load"] = max(found["load"], round(os.getloadavg()[0], 1))
        found.update(parts.PARTS[name](places.place_of(kind), size, asked.quick))
        write(places.folder() / f"partial-{out.name}", results)
    return results


def merged(files: list[Path]) -> report.Results:
    """Read the figures of several runs; of a part that was measured twice the last file counts."""
    results: report.Results = {}
    for file in files:
        for kind, sizes in json.loads(file.read_text()).items():
            for size, found in sizes.items():
                known = results.setdefault(kind, {}).setdefault(size, {})
                known |= found | {"load": max(found["load"], known.get("load", 0.0))}
    return {
        kind: dict(sorted(results[kind].items(), key=lambda one: int(one[0])))
        for kind in places.KINDS
        if kind in results
    }


def show(results: report.Results, before: report.Results) -> None:
    """Print the figures, the table of bars, and what is worse than in the results before."""
    load = max(found["load"] for sizes in results.values() for found in sizes.values())
    busy = load > (os.cpu_count() or 1)
    shown = [*tables.all_tables(results), growth.exponents(results), report.table(results, busy=busy)]
    print("\n\n".join(report.aligned(rows) for rows in shown if rows))
    if busy:
        print(f"\nThe machine was busy (load {load}): judged by the processor where there is such a figure.")
    worse = report.regressions(results, before)
    if worse:
        print("\nOver 20 % worse than benchmarks/results.json:", *worse, sep="\n")


def say(words: str) -> None:
    """Tell the one who waits how far it is."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
