"""An import in steps on SQLite: who approves beside it gets in, and one that died goes on where it ended."""

import os
import signal

import pytest
from extracts import AS_OF, AT, everything, row, siti, validator, write
from factories import make_nik, together
from sqlalchemy import event, select

from portal import vault
from portal.database.extensions import db, sqlite_module
from portal.database.locks import without_lock
from portal.database.transaction import pause, transaction
from portal.domain.actors import Signature
from portal.membership.models import ExtractImport, Participant
from portal.membership.services import applying, confirming
from portal.membership.services.applying import apply_in_steps, confirm_all
from portal.membership.services.results import GivenExtract
from portal.signups.models import SignUp

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WORKERS = 9


@pytest.fixture
def path(app, monkeypatch):
    """An extract that confirms nine sign-ups, two of them misspelled; each step confirms two."""
    monkeypatch.setattr(confirming, "AT_ONCE", 2)
    monkeypatch.setattr("portal.database.transaction._LEAST_SECONDS", 0)
    rows = []
    with together():
        for n in range(WORKERS):
            nik, name = make_nik(serial=n + 1), f"SITI AMINAH {'ABCDEFGHI'[n]}"
            siti(nik=nik, name=name)
            spelled = name.replace("AMINAH", "AMINHA") if n % 4 == 1 else name
            rows += [row(nik=nik, name=spelled, kpj=f"2601123456{n}", blth=f"2026-1{m}") for m in range(3)]
    return write(*rows)


def apply(path, *, waiting=pause, progress=lambda _: None):
    by = Signature(validator(), AT)
    with transaction():
        return apply_in_steps(
            GivenExtract(path, AS_OF), by=by, skip_bad=False, progress=progress, pause=waiting
        )


def write_beside(database, *statements: str) -> None:
    """Write as another process would, without waiting."""
    file = database.url.removeprefix("sqlite:///")
    other = sqlite_module.connect(file, timeout=0, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for statement in statements or ("INSERT INTO heartbeats VALUES (random(), '2026-11-22 05:00:00')",):
        other.execute(statement)
    other.execute("COMMIT")
    other.close()


@pytest.mark.slow
def test_others_write_while_the_file_is_read(path, database):
    seen = []

    def progress(rows: int) -> None:
        if not seen:
            write_beside(database)
        seen.append(rows)

    result = apply(path, progress=progress)

    assert seen
    assert result.counts["validated"] == WORKERS


def test_others_write_between_the_steps(path, database, monkeypatch):
    monkeypatch.setattr("portal.database.transaction.time.sleep", lambda _: write_beside(database))

    result = apply(path)

    assert result.counts["validated"] == WORKERS
    beside = db.session.connection().exec_driver_sql("SELECT COUNT(*) FROM heartbeats").scalar_one()
    assert beside == 1 + (WORKERS + 1) // 2


@pytest.mark.slow
def test_between_the_steps_every_sign_up_is_matched_and_some_are_validated(path):
    seen = []

    def look() -> None:
        pause()
        seen.append(sorted(db.session.scalars(select(SignUp.status))))

    apply(path, waiting=look)

    assert seen[0] == ["matched"] * WORKERS
    assert seen[1] == ["matched"] * (WORKERS - 2) + ["validated"] * 2
    assert seen[-1] == ["validated"] * WORKERS


def test_a_transaction_that_has_written_keeps_its_lock(app, database):
    with transaction():
        db.session.connection().exec_driver_sql("INSERT INTO heartbeats VALUES ('x', '2026-11-22 05:00:00')")
        with without_lock(), pytest.raises(sqlite_module.OperationalError, match="locked"):
            write_beside(database)
        db.session.rollback()
        found = db.session.connection().exec_driver_sql("SELECT COUNT(*) FROM heartbeats").scalar_one()
    assert found == 0


def test_names_are_sealed_again_if_a_participant_went_meanwhile(app, database, monkeypatch):
    path = write(row())
    apply(path)
    sealed = applying.seal_names

    def forget(people, **given):
        names = sealed(people, **given)
        write_beside(database, "DELETE FROM contributions", "DELETE FROM participants")
        return names

    monkeypatch.setattr(applying, "seal_names", forget)
    result = apply(path)

    assert result.counts["participants_new"] == 1
    assert vault.unseal(db.session.scalars(select(Participant.name_sealed)).one()) == "SITI AMINAH"


def die_in(act, place: int) -> None:
    """Fork a process that does the act and kills itself before its statement of this number."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        left = [place]

        def fall(*_: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(db.engine, "before_cursor_execute", fall)
        try:
            act()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def count_statements(act) -> int:
    seen = [0]

    def listen(*_: object) -> None:
        seen[0] += 1

    event.listen(db.engine, "before_cursor_execute", listen)
    act()
    event.remove(db.engine, "before_cursor_execute", listen)
    return seen[0]


def stored() -> dict:
    found = everything(without=("participants", "extract_imports"))  # names are sealed anew
    columns = ExtractImport.__table__.columns
    found["extract_imports"] = [row._asdict() for row in db.session.execute(select(*columns))]
    db.session.rollback()
    return found


@pytest.mark.slow
def test_an_import_killed_anywhere_is_resumed_to_the_same_rows(path, database):
    validator()
    db.session.remove()
    database.keep("before")
    database.restore("before")
    statements = count_statements(lambda: apply(path))
    whole = stored()
    halves = set()

    for place in range(1, statements, max(1, statements // 24)):
        db.session.remove()
        database.restore("before")
        die_in(lambda: apply(path), place)
        halves.add(tuple(sorted(db.session.scalars(select(SignUp.status)))))
        apply(path)
        assert stored() == whole, place

    assert len(halves) >= 4
    assert db.session.scalars(select(ExtractImport.status)).all() == ["applied"]


def test_confirming_everything_lets_others_in(path, database, monkeypatch):
    monkeypatch.setattr("portal.database.transaction.time.sleep", lambda _: write_beside(database))
    by = Signature(validator(), AT)
    with transaction():
        applying.apply_extract(GivenExtract(path, AS_OF), by=by, confirm=False)
    with transaction():
        assert confirm_all(by=by, pause=pause) == WORKERS
