"""Measurements in processes of their own: each prints one JSON line, so that memory and caches stay apart."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.places import PROJECT, Place, environment

Figures = dict[str, Any]


def start(module: str, url: str, *words: object) -> subprocess.Popen[str]:
    """Start a module of this package over a database, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{module}", *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=environment(url),
    )


def finish(child: subprocess.Popen[str]) -> Figures:
    """Let a process end and return what it measured."""
    said, problems = child.communicate()
    if child.returncode:
        raise SystemExit(f"{' '.join(map(str, child.args))}:\n{said}{problems}")  # type: ignore[arg-type] # a list
    found: Figures = json.loads(said.splitlines()[-1])
    return found


def run(module: str, url: str, *words: object) -> Figures:
    """Run a module of this package over a database, in a process of its own, and return what it measured."""
    return finish(start(module, url, *words))


def act(place: Place, url: str, module: str, *words: object) -> Figures:
    """Run an act in a process of its own; to its processor seconds come those of the database's server."""
    before = place.seconds_of_cpu()
    found = run(module, url, *words)
    return found | {"cpu": round(found["cpu"] + place.seconds_of_cpu() - before, 3)}


def answer(measure: Callable[..., Figures]) -> None:
    """Be that process: measure with the words of the command line and print the figures."""
    print(json.dumps(measure(*sys.argv[1:])))


def peak_mib() -> float:
    """Return the most memory this process has held so far, in MiB (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


def forget_peak() -> float:
    """Begin anew to watch this process's peak of memory, and return what it holds now, in MiB."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak_mib()


def seconds_of_cpu() -> float:
    """Return the processor seconds of this process and its ended children."""
    return sum(os.times()[:4])
