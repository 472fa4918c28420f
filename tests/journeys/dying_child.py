"""A process that forks workers which do one act and kill themselves at a given statement; run as a script.

It has imported the portal once. Each line of JSON on stdin names an environment, an act and its arguments; then it
reads one order a line and answers on stdout, until "end":
  count        do it and roll back: "<number of statements>", and what the act answers
  <n>          fork one that kills itself before its n-th statement: "<exit status>"
  commit       … right before the commit · after: right after it
"""

import gc
import json
import os
import signal
import sys
from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy import event

from portal import clock, jobs
from portal.accounts.models import User
from portal.accounts.queries.sessions import get_operator
from portal.agenda.services import closing as agenda_closing
from portal.app import create_app
from portal.database.extensions import db
from portal.database.shelf import Shelf
from portal.database.steps import run_through
from portal.database.transaction import transaction
from portal.domain.actors import Actor, Signature
from portal.membership.services import applying, results, uploading
from portal.months.services import closing
from portal.payouts.formats import Result
from portal.payouts.services import deciding, exporting, recording
from portal.scheduler import RUNNERS


def actor_of_user(user_id: int):
    user = db.session.get_one(User, user_id)
    return Actor(user.id, user.role, user.name, scope=user.scope, branch_id=user.branch_id)


def close_month(*, month: str) -> str:
    return closing.close_month(month=month, by=Signature(get_operator(), clock.now())).digest


def import_extract(*, path: str, as_of: str, by: int):
    applying.apply_extract(
        results.GivenExtract(Path(path), date.fromisoformat(as_of)),
        confirm=True,
        by=Signature(actor_of_user(by), clock.now()),
    )


def apply_upload(*, import_id: int, by: int):
    signature = Signature(actor_of_user(by), clock.now())
    reading = uploading.read_upload(import_id=import_id, shelf=Shelf(), by=signature)
    run_through(uploading.apply_upload(reading, import_id=import_id, skip_bad=False, by=signature))


def run_job(*, job_id: int):
    job = jobs.find_job(job_id)
    work = RUNNERS[job.kind](job, clock.now(), lambda rows: None)
    run_through(work.act(work.prepare(Shelf())))


def approve_batch(*, batch_id: int, by: int):
    deciding.approve_batch(batch_id=batch_id, by=Signature(actor_of_user(by), clock.now()))


def export_batch(*, batch_id: int, by: int):
    exporting.export_batch(batch_id=batch_id, by=Signature(actor_of_user(by), clock.now()))


def record_result(*, batch_id: int, by: int, results: list[list[str]]):
    said = [Result(*one) for one in results]
    recording.record_result(batch_id=batch_id, results=said, by=Signature(actor_of_user(by), clock.now()))


def close_event(*, event_id: int, by: int):
    agenda_closing.close_event(event_id=event_id, came=1, by=Signature(actor_of_user(by), clock.now()))


ACTS = {
    act.__name__: act
    for act in (
        close_month,
        import_extract,
        apply_upload,
        run_job,
        approve_batch,
        export_batch,
        record_result,
        close_event,
    )
}


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def count(act, values: dict) -> str:
    seen = [0]

    def listen(*_: object) -> None:
        seen[0] += 1

    event.listen(db.engine, "before_cursor_execute", listen)
    db.session.rollback()
    db.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    answer = act(**values)
    db.session.flush()
    db.session.rollback()
    return f"{seen[0]} {answer or ''}".strip()


def do(act, values: dict, order: str) -> None:
    if order == "commit":
        event.listen(db.engine, "commit", die)
    elif order != "after":
        left = [int(order)]

        def fall(*_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                die()

        event.listen(db.engine, "before_cursor_execute", fall)
    with transaction():
        act(**values)
    die()


def forked(app: Flask, order: str, act, values: dict) -> str:
    """Do it in a forked process; return its exit status (minus the signal), or how many statements it took."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with app.app_context():
                if order == "count":
                    os.write(writer, count(act, values).encode())
                else:
                    do(act, values, order)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    return text or str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def serve(env: dict, act: str, values: dict) -> None:
    os.environ.clear()
    os.environ.update(env)
    app = create_app()
    with app.app_context():
        db.engine.dispose()
    for line in sys.stdin:
        if line.strip() == "end":
            return
        sys.stdout.write(forked(app, line.strip(), ACTS[act], values) + "\n")
        sys.stdout.flush()


def main() -> None:
    gc.freeze()  # no fork looks through what was imported
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                serve(**json.loads(line))
            finally:
                os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
