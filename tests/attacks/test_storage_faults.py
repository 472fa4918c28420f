"""A close whose database turns read-only or whose disk fills up: the month stays open and can be closed later."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from datetime import date
from pathlib import Path

import psycopg
import pytest
from earning import LATER, activity, assign, close, operator, pay, sign_up
from extracts import everything
from factories import make_branch, make_cadre, make_host
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from portal.database.extensions import db, sqlite_module
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.months.services.closing import close_month, rehearse_month

OCTOBER = date(2026, 10, 12)
# Bulk writes use the driver directly, so its own errors arrive as well as SQLAlchemy's.
FAULTS = (DBAPIError, psycopg.Error, sqlite_module.Error)
pytestmark = [pytest.mark.slow]


@pytest.fixture
def october(app):
    """October is over: a branch with a plan, host bodies and a little of everything. Return a rehearsal's digest."""
    branch, host = make_branch(), make_host()
    assign(branch, "perisai-2022")
    for n in range(40):  # enough for the close to need new pages
        cadre = make_cadre(branch_id=branch.id, host_body_id=host.id if n % 2 else None)
        sign_up(cadre, 1 + n % 2, on=OCTOBER)
        activity(cadre, f"A{n}", on=OCTOBER)
        pay(cadre, 16_800 + n, paid_on=OCTOBER)
    digest = rehearse_month(month="2026-10").digest
    db.session.rollback()
    return digest


def stored() -> dict:
    db.session.rollback()
    found = everything()
    db.session.rollback()
    found["months"] = [row for row in found["months"] if "'open'" not in row]
    return found


def count_statements() -> int:
    seen = [0]

    def listen(*_: object) -> None:
        seen[0] += 1

    event.listen(db.engine, "before_cursor_execute", listen)
    actor = operator()
    seen[0] = 0
    db.session.rollback()
    db.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    close_month(month="2026-10", by=Signature(actor, LATER))
    db.session.flush()
    db.session.rollback()
    event.remove(db.engine, "before_cursor_execute", listen)
    return seen[0]


def close_with_a_fault_before(number: int) -> None:
    """Close a month whose database accepts no more writes from a given statement on."""
    left = [number]
    read_only = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET TRANSACTION READ ONLY"}

    def fall(_connection: object, cursor, *_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            cursor.execute(read_only[db.engine.dialect.name])

    actor = operator()
    event.listen(db.engine, "before_cursor_execute", fall)
    try:
        with transaction():
            close_month(month="2026-10", by=Signature(actor, LATER))
    finally:
        event.remove(db.engine, "before_cursor_execute", fall)
        db.session.remove()
        db.engine.dispose()


def test_a_database_that_turns_read_only_in_a_close_leaves_the_month_open(october):
    count_statements()  # the first close makes the row of the following month, which stays
    statements = count_statements()
    before = stored()
    for number in sorted({3, *(max(3, statements * n // 6) for n in range(1, 6))}):
        with pytest.raises(FAULTS):
            close_with_a_fault_before(number)
        assert stored() == before, f"at {number} of {statements}"

    assert close("2026-10").digest == october


def test_a_full_disk_in_a_close_leaves_the_month_open(october, database):
    before = stored()
    actor = operator()
    with FullDisk(database), pytest.raises(FAULTS) as refused, transaction():
        close_month(month="2026-10", by=Signature(actor, LATER))
    db.session.remove()

    assert re.search("full|no space", str(refused.value), re.IGNORECASE)
    assert stored() == before
    assert close("2026-10").digest == october


class FullDisk:
    """The disk under the database has no room for what a close writes.

    SQLite gets a limit of pages. PostgreSQL gets the statements on a file system of its own, which is filled
    completely; without the right to mount one, that part is skipped.
    """

    def __init__(self, database) -> None:
        self.database = database
        self.folder: Path | None = None

    def __enter__(self) -> None:
        db.session.rollback()
        if db.engine.dialect.name == "sqlite":
            _vacuum()
            event.listen(db.engine, "connect", _few_pages)
            db.engine.dispose()
            return
        if os.geteuid() != 0:
            pytest.skip("mounting a small file system takes root")
        self.folder = Path(tempfile.mkdtemp(prefix="portal-small-disk-"))
        small = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(self.folder)]
        if subprocess.run(small, check=False, capture_output=True).returncode:
            pytest.skip("this machine lets nobody mount")
        server = Path(self._ask("SHOW data_directory")).stat()
        os.chown(self.folder, server.st_uid, server.st_gid)
        self.folder.chmod(0o700)
        self._run("DROP TABLESPACE IF EXISTS portal_small")
        self._run(f"CREATE TABLESPACE portal_small LOCATION '{self.folder}'")
        self._own("ALTER TABLE frozen_standings SET TABLESPACE portal_small")
        _fill(self.folder / "filler")

    def __exit__(self, *_: object) -> None:
        db.session.remove()
        db.engine.dispose()
        if self.folder is None:
            event.remove(db.engine, "connect", _few_pages)
            return
        (self.folder / "filler").unlink()
        self._own("ALTER TABLE frozen_standings SET TABLESPACE pg_default")
        self._run("DROP TABLESPACE portal_small")
        subprocess.run(["umount", str(self.folder)], check=True)
        shutil.rmtree(self.folder)

    def _ask(self, statement: str) -> str:
        with psycopg.connect(self.database.admin, autocommit=True) as connection:
            return connection.execute(statement).fetchone()[0]

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.database.admin, autocommit=True) as connection:
            connection.execute(statement)

    def _own(self, statement: str) -> None:
        owner = self.database.owner.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(statement)


def _fill(path: Path) -> None:
    """Write until there is no room left."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while True:
            os.write(handle, b"x" * 4096)
    os.close(handle)


def _vacuum() -> None:
    """Leave no free page in the file."""
    raw = db.engine.raw_connection()
    raw.cursor().execute("VACUUM")
    raw.close()


def _few_pages(connection, _record: object) -> None:
    cursor = connection.cursor()
    pages = cursor.execute("PRAGMA page_count").fetchone()[0]
    cursor.execute(f"PRAGMA max_page_count = {pages}")
    cursor.close()
