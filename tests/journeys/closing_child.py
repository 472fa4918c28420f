"""A process that forks closers and lets them kill themselves at a given statement; run as a script.

Reads one order a line from stdin and answers on stdout:
  count        close and roll back: "<number of statements> <digest>"
  <n>          fork a closer that kills itself before its n-th statement: "<exit status>"
  commit       … right before the commit · after: right after it
"""

import os
import signal
import sys

from flask import Flask
from sqlalchemy import event

from portal import clock
from portal.app import create_app
from portal.extensions import db
from portal.months.services import close_month
from portal.people.queries import get_operator
from portal.transaction import transaction


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def close_and_count(month: str) -> str:
    seen = [0]

    def count(*_: object) -> None:
        seen[0] += 1

    event.listen(db.engine, "before_cursor_execute", count)
    actor = get_operator()
    seen[0] = 0
    db.session.rollback()
    db.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    closed = close_month(month=month, actor=actor, at=clock.now())
    db.session.flush()
    db.session.rollback()
    return f"{seen[0]} {closed.digest}"


def close_until(order: str, month: str) -> None:
    actor = get_operator()
    if order == "commit":
        event.listen(db.engine, "commit", die)
    elif order != "after":
        left = [int(order)]

        def fall(*_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                die()

        db.session.rollback()
        event.listen(db.engine, "before_cursor_execute", fall)
    with transaction():
        close_month(month=month, actor=actor, at=clock.now())
    die()


def forked(app: Flask, act, *words: str) -> tuple[int, str]:
    """Run an act in a process of its own; its exit status (minus the signal) and what it returned."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with app.app_context():
                os.write(writer, str(act(*words)).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


def main(month: str) -> None:
    app = create_app()
    with app.app_context():
        db.engine.dispose()
    for line in sys.stdin:
        order = line.strip()
        if order == "count":
            answer = forked(app, close_and_count, month)[1]
        else:
            answer = str(forked(app, close_until, order, month)[0])
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
