"""`portal` commands run in forks of a process that has imported the portal already: a tenth of the work of a start.

Run as a script, it is that process. It reads one order a line as JSON: to start a command, answered by the number of
the process, or to wait for one or look at it, answered by its exit status (null while it runs).
"""

import atexit
import contextlib
import gc
import importlib
import json
import os
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

PROJECT = Path(__file__).resolve().parents[1]


def run_portal(*words: object, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in an environment of its own, as from a shell in the project's folder."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        status = _ask(wait=Started(words, env, out, err).pid)
        return subprocess.CompletedProcess(
            [str(word) for word in words], status, out.read_text(), err.read_text()
        )


class Started:
    """A command that runs by itself in its own process group; looks like subprocess.Popen."""

    def __init__(self, words: Any, env: Mapping[str, str], out: Path, err: Path) -> None:
        self.returncode: int | None = None
        self.files = (out, err)
        texts = [str(word) for word in words]
        self.pid = _ask(words=texts, env=dict(env), out=str(out), err=str(err))

    def poll(self) -> int | None:
        """Return the exit status, minus the signal if one ended it; None while it runs."""
        if self.returncode is None:
            self.returncode = _ask(look=self.pid)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """Wait for its end."""
        end = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("portal", timeout)
            time.sleep(0.02)
        return status

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Wait for its end; return what it wrote."""
        self.wait(timeout)
        out, err = self.files
        return out.read_text(), err.read_text()

    def terminate(self) -> None:
        """Ask it to stop."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)


def _ask(**order: Any) -> Any:
    process = _process()
    print(json.dumps(order), file=process.stdin, flush=True)
    return json.loads(process.stdout.readline())


@cache
def _process() -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, __file__], env=clean, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True
    )
    atexit.register(process.communicate)  # its input ends, and so does it
    return process


def _serve() -> None:
    from portal.cli.main import NOUNS

    for module in NOUNS.values():
        importlib.import_module(module)
    gc.freeze()  # no fork looks through what was imported
    for line in sys.stdin:
        sys.stdout.write(f"{json.dumps(_answer(json.loads(line)))}\n")
        sys.stdout.flush()


def _answer(order: dict[str, Any]) -> int | None:
    if "words" in order:
        return _start(order)
    pid, status = os.waitpid(order.get("wait") or order["look"], 0 if "wait" in order else os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if pid else None


def _start(order: dict[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        _become(order)
    with contextlib.suppress(OSError):  # it was quicker
        os.setpgid(child, child)
    return child


def _become(order: dict[str, Any]) -> NoReturn:
    """Run the command in this process, and end it."""
    from portal.cli.main import main

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # the orders are not its own
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, number)
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


if __name__ == "__main__":
    _serve()
