"""Measurements in processes of their own: each prints one JSON line, so that memory and caches stay apart."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.places import PROJECT, environment

Figures = dict[str, Any]


def run(module: str, url: str, *words: object, extra: Mapping[str, str] | None = None) -> Figures:
    """Run a module of this package over a database, in a process of its own, and return what it measured."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env=environment(url) | dict(extra or {}),
    )
    if done.returncode:
        raise SystemExit(f"benchmarks.{module} {' '.join(map(str, words))}:\n{done.stdout}{done.stderr}")
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


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
