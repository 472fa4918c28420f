"""Pages under `portal serve`: weighed, and asked by wrk (Debian's package), alone and beside 50 approvals a second."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import children
from benchmarks.places import PROJECT, environment
from benchmarks.weighing import weigh

CONNECTIONS = (1, 8, 32)
PER_SECOND = 50
PATIENCE = 60
PEER = (
    "PORTAL_BENCH_PEER"  # the address of another program's page, asked by the same generator in the same run
)
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def measure(url: str, *, seconds: int) -> children.Figures:
    """Return what a visit to the own rank weighs, and how fast /healthz, the page and its 304 are, if wrk is there."""
    cookie = children.run("cookie", url)["cookie"]
    with server(url) as address:
        weight = weigh(f"{address}/ranks", cookie)
        if shutil.which("wrk") is None:
            print("serve is only weighed, not measured: apt-get install wrk", file=sys.stderr)
            return {"weight": weight}
        return {"weight": weight, "serve": _under_load(url, address, cookie, seconds)}


def _under_load(url: str, address: str, cookie: str, seconds: int) -> children.Figures:
    """Ask alone, then while somebody approves; of a peer, if there is one, its page alone."""
    with _ask(f"{address}/ranks", cookie) as answer:
        tag = answer.headers["ETag"]
    asked = {
        "healthz": (f"{address}/healthz", []),
        "own rank": (f"{address}/ranks", [f"Cookie: {cookie}"]),
        "304": (f"{address}/ranks", [f"Cookie: {cookie}", f"If-None-Match: {tag}"]),
    }
    peer: dict[str, tuple[str, list[str]]] = {}
    if PEER in os.environ:
        peer = {"peer": (os.environ[PEER], [])}
    for page, headers in (asked | peer).values():  # each worker answers its first request slowly
        _wrk(page, headers, 8, 1)
    alone = _all(asked | peer, seconds)
    writer = children.start("acts", url, "writer", 0, 1, 1 / PER_SECOND)
    assert writer.stdout is not None
    writer.stdout.readline()
    beside = _all(asked, seconds)
    approvals = children.finish(writer)
    return {
        "alone": alone,
        "beside": beside,
        "approvals_per_second": len(approvals["waits"]) / approvals["seconds"],
        "errors": len(approvals["errors"]),
    }


def _all(asked: dict[str, tuple[str, list[str]]], seconds: int) -> dict[str, Any]:
    """Ask each page over each number of connections, the pages in turn."""
    found: dict[str, Any] = {name: {} for name in asked}
    for connections in CONNECTIONS:
        for name, (page, headers) in asked.items():
            found[name][str(connections)] = _wrk(page, headers, connections, seconds)
    return found


def _wrk(address: str, headers: list[str], connections: int, seconds: int) -> dict[str, float]:
    words = [
        "wrk",
        "--threads",
        "1",
        "--connections",
        str(connections),
        "--duration",
        f"{seconds}s",
        "--latency",
    ]
    for header in headers:
        words += ["--header", header]
    said = subprocess.run([*words, address], capture_output=True, text=True, check=True).stdout
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: .*", said)
    if failed and "Non-2xx" in failed[0]:
        raise SystemExit(f"{address}: {failed[0]}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert rate, said
    return {"per_second": float(rate[1]), "p50_ms": _latency(said, 50), "p99_ms": _latency(said, 99)}


def _latency(said: str, part: int) -> float:
    found = re.search(rf"{part}%\s+([\d.]+)(us|ms|s)\b", said)
    assert found, said
    return round(float(found[1]) * _UNITS[found[2]], 3)


def _ask(address: str, cookie: str) -> Any:
    request = urllib.request.Request(address, headers={"Cookie": cookie})
    return urllib.request.urlopen(request, timeout=10)


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def server(url: str) -> Iterator[str]:
    """Run `portal serve` with its two workers on a free port, until the block ends."""
    port = free_port()
    words = [str(Path(sys.executable).parent / "portal"), "serve", "--port", str(port)]
    server = subprocess.Popen(words, cwd=PROJECT, env=environment(url), stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/readyz", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            if server.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return
