"""`portal` commands run in forks of a process that has imported the portal already: a tenth of the work of a start.

Run as a script, it is that process: it reads one command a line as JSON, forks a child for it and answers with the
child's exit status.
"""

import atexit
import contextlib
import importlib
import json
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

PROJECT = Path(__file__).resolve().parents[1]


def run_portal(*words: object, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command in an environment of its own, as from a shell in the project's folder."""
    texts = [str(word) for word in words]
    with tempfile.TemporaryDirectory() as folder:
        process = _process()
        order = json.dumps({"words": texts, "env": dict(env), "folder": folder})
        print(order, file=process.stdin, flush=True)
        status = int(process.stdout.readline())
        out, err = ((Path(folder) / name).read_text() for name in ("out", "err"))
    return subprocess.CompletedProcess(texts, status, out, err)


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
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


def _become(order: dict[str, Any]) -> NoReturn:
    """Run the command in this process, and end it."""
    from portal.cli.main import main

    for number, name in ((1, "out"), (2, "err")):
        file = os.open(Path(order["folder"]) / name, os.O_WRONLY | os.O_CREAT, 0o600)
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
