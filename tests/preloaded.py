"""`portal` commands run in forks of a process that has imported the portal already: a tenth of the work of a start.

Run as a script, it is that process: it reads one order a line as JSON, and answers with a number. A command to run is
answered with its exit status, one to start with its process id; a process id with that child's exit status once it ended.
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from compiled import COMPILED
from flask import Flask

PROJECT = Path(__file__).resolve().parents[1]
KEPT = "PORTAL_TESTS_COMPILED"  # names the folder of the compiled templates
TICK = 0.02  # seconds between two looks at a process that ends


class Started:
    """A command that goes on: a process in a session of its own, to be used like a Popen."""

    def __init__(self, *words: str, env: Mapping[str, str], out: Path, err: Path) -> None:
        self.args, self.out, self.err = words, out, err
        self.returncode: int | None = None
        self.pid = _ask({"words": words, "env": dict(env), "outputs": [str(out), str(err)], "goes_on": True})

    def poll(self) -> int | None:
        """Return the exit status; None while it runs."""
        if self.returncode is None:
            self.returncode = _ask({"ended": self.pid})
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end."""
        end = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(self.args, timeout)
            time.sleep(TICK)
        return status

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Wait for its end; what it wrote."""
        self.wait(timeout)
        return self.out.read_text(), self.err.read_text()

    def terminate(self) -> None:
        """Ask it to stop, unless it is known to have ended."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def run_portal(*words: object, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in an environment of its own, as from a shell in the project's folder."""
    texts = [str(word) for word in words]
    with tempfile.TemporaryDirectory() as folder:
        outputs = [f"{folder}/out", f"{folder}/err"]
        status = _ask({"words": texts, "env": dict(env), "outputs": outputs, "goes_on": False})
        out, err = (Path(path).read_text() for path in outputs)
    return subprocess.CompletedProcess(texts, status, out, err)


def _ask(order: dict[str, Any]) -> Any:
    """Give the process an order; its answer."""
    process = _process()
    print(json.dumps(order), file=process.stdin, flush=True)
    return json.loads(process.stdout.readline())


@cache
def _process() -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    clean[KEPT] = str(COMPILED.folder or _folder_of_its_own())
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, __file__], env=clean, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True
    )
    atexit.register(process.communicate)  # its input ends, and so does it
    return process


def _folder_of_its_own() -> str:
    folder = tempfile.mkdtemp(prefix="portal-compiled-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _serve() -> None:
    from portal.cli.main import NOUNS

    gc.disable()  # nothing that is imported becomes garbage
    for module in NOUNS.values():
        importlib.import_module(module)
    COMPILED.folder = Path(os.environ[KEPT])
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": COMPILED}
    gc.freeze()  # no fork looks through what was imported
    gc.enable()
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(_obey(json.loads(line)))}\n")
        sys.stdout.flush()


def _obey(order: dict[str, Any]) -> int | None:
    if "ended" in order:
        return _status_of(order["ended"], os.WNOHANG)
    child = os.fork()
    if child == 0:
        _become(order)
    return child if order["goes_on"] else _status_of(child)


def _status_of(child: int, options: int = 0) -> int | None:
    ended, status = os.waitpid(child, options)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become(order: dict[str, Any]) -> NoReturn:
    """Run the command in this process, and end it."""
    from portal.cli.main import main

    if order["goes_on"]:
        _go_into_the_background()
    for number, path in enumerate(order["outputs"], 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv = ["portal", *order["words"]]
    status = 1
    try:
        main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _go_into_the_background() -> None:
    """Leave the session and the input of the process that takes the orders; write each line at once."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdout.reconfigure(line_buffering=True)


if __name__ == "__main__":
    _serve()
