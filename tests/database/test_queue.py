"""Writers on SQLite get the write lock in the order in which they came, and nobody dead or stuck keeps it."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from portal.database import limits, queue
from portal.database.extensions import engine_options, prepare_engine

CHILD = """
import sys, time
from pathlib import Path
from portal.database import queue
queue._queue_up(Path(sys.argv[1]), time.monotonic() + 30)
print("in", flush=True)
time.sleep(600)
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "portal.db"


@pytest.fixture
def engine(file):
    url = f"sqlite:///{file}"
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE rows (who TEXT)"))
    yield engine
    engine.dispose()


def writing(engine):
    return engine.connect().execution_options(sqlite_begin="IMMEDIATE")


def write(engine, who):
    with writing(engine) as connection, connection.begin():
        connection.execute(text("INSERT INTO rows VALUES (:who)"), {"who": who})


def written(engine):
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT who FROM rows ORDER BY rowid")).scalars())


def numbers_drawn(file):
    return int.from_bytes(file.with_name("portal.db-queue").read_bytes(), "big")


def wait_for_number(file, number):
    while numbers_drawn(file) < number:
        time.sleep(0.001)


def child_in_queue(file):
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(file)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "in\n"
    return child


def kill(child):
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()


def test_writers_come_in_the_order_in_which_they_queued(engine, file):
    people = [f"writer {number}" for number in range(8)]
    threads = [threading.Thread(target=write, args=(engine, who)) for who in people]
    with writing(engine) as first, first.begin():
        for number, thread in enumerate(threads, 2):
            thread.start()
            wait_for_number(file, number)
    for thread in threads:
        thread.join()

    assert written(engine) == people


def test_a_reader_does_not_queue(engine, file):
    write(engine, "somebody")
    with writing(engine) as first, first.begin():
        assert written(engine) == ["somebody"]

    assert numbers_drawn(file) == 2


def test_a_rollback_lets_the_next_one_in(engine):
    with writing(engine) as connection, pytest.raises(ZeroDivisionError), connection.begin():
        raise ZeroDivisionError
    write(engine, "next")

    assert written(engine) == ["next"]


@pytest.mark.slow
def test_a_process_that_dies_in_the_queue_is_passed_over(engine, file):
    children = [child_in_queue(file)]
    waiting = threading.Thread(target=write, args=(engine, "after the dead"))
    waiting.start()
    wait_for_number(file, 2)
    assert waiting.is_alive()
    kill(children[0])
    waiting.join()

    assert written(engine) == ["after the dead"]


@pytest.mark.slow
def test_whoever_waited_too_long_asks_sqlite(engine, file, monkeypatch):
    monkeypatch.setitem(limits.LOCK_SECONDS, "act", 0)
    child = child_in_queue(file)
    try:
        write(engine, "past the stuck one")
        with writing(engine) as holder, holder.begin(), writing(engine) as late:
            with pytest.raises(OperationalError, match="database is locked"):
                late.begin()
            keeps_place = queue._PLACE in late.info
    finally:
        kill(child)

    assert written(engine) == ["past the stuck one"]
    assert not keeps_place


@pytest.mark.slow
def test_waiting_in_the_queue_and_for_sqlite_are_one_limit(engine, file, monkeypatch):
    monkeypatch.setitem(limits.LOCK_SECONDS, "act", 1)
    child = child_in_queue(file)
    try:
        with writing(engine) as late, late.begin():
            shortened = late.exec_driver_sql("PRAGMA busy_timeout").scalar()
    finally:
        kill(child)
    with engine.connect() as connection:
        usual = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()

    assert shortened < 1000
    assert usual == 1000


def test_without_a_queue_sqlite_decides_alone(engine, file):
    file.with_name("portal.db-queue").mkdir()
    write(engine, "somebody")

    assert written(engine) == ["somebody"]


def test_a_full_disk_takes_away_the_queue_only(engine, file, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portal.database.queue.os.pwrite", full)
    write(engine, "somebody")

    assert written(engine) == ["somebody"]
    assert not file.with_name("portal.db-queue").read_bytes()
