"""Workers that do one act and kill themselves; dying_child.py is the process that forks them."""

import atexit
import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Self

from portal.database.extensions import db

CHILD = Path(__file__).with_name("dying_child.py")


@cache
def _process() -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, str(CHILD)], stdin=pipe, stdout=pipe, text=True, bufsize=1)
    atexit.register(process.communicate)  # its input ends, and so does it
    return process


class Workers:
    """Workers that do one act; `ask` one to count its statements or to die at one of them."""

    def __init__(self, env: dict[str, str], act: str, **values: object) -> None:
        self.process = _process()
        self._order(json.dumps({"env": env, "act": act, "values": values}))

    def _order(self, words: object) -> None:
        print(words, file=self.process.stdin, flush=True)

    def ask(self, order: object) -> str:
        self._order(order)
        return self.process.stdout.readline().strip()

    def __enter__(self) -> Self:
        db.session.remove()
        return self

    def __exit__(self, *_: object) -> None:
        self._order("end")

    def die_before(self, statements: int, same: Callable[[], Any], *, parts: int) -> None:
        """Die at the first statements, at `parts` more, at the last and before the commit; call `same` each time."""
        points = {1, 2, 3, statements, *(max(1, statements * n // parts) for n in range(1, parts))}
        for order in (*sorted(points), "commit"):
            assert self.ask(order) == "-9", order
            same()
