"""An import in steps on SQLite: who approves beside it gets in, and one that died goes on where it ended."""

import os
import signal

import pytest
from extracts import AS_OF, AT, everything, row, siti, validator, write
from factories import make_nik, together
from sqlalchemy import event, select

from portal import vault
from portal.database.extensions import db, sqlite_module
from portal.database.transaction import act_in_steps, transaction
from portal.domain.actors import Signature
from portal.membership.models import ExtractImport, Participant
from portal.membership.services import applying, confirming, plain, storing
from portal.membership.services.applying import apply_in_steps, confirm_all, read_extract
from portal.membership.services.results import GivenExtract
from portal.signups.models import SignUp
from portal.verification.queries.contributions import check_states
from portal.verification.queries.tallies import check_sums

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WORKERS = 9


@pytest.fixture
def path(app, monkeypatch):
    """An extract that confirms nine sign-ups, two of them misspelled; each step stores, matches or confirms two."""
    monkeypatch.setattr(storing, "PEOPLE_AT_ONCE", 2)
    monkeypatch.setattr(plain, "AT_ONCE", 2)
    monkeypatch.setattr(confirming, "AT_ONCE", 2)
    monkeypatch.setattr("portal.database.transaction._LEAST_SECONDS", 0)
    monkeypatch.setattr("portal.database.transaction._TURN_SECONDS", 0)
    with together():
        for n in range(WORKERS):
            siti(nik=make_nik(serial=n + 1), name=name_of(n))
    return write(*rows_of(("2026-10", "2026-11", "2026-12")))


def name_of(n: int) -> str:
    return f"SITI AMINAH {'ABCDEFGHI'[n]}"


def rows_of(months: tuple[str, ...], **more: str) -> list[dict[str, str]]:
    rows = []
    for n in range(WORKERS):
        spelled = name_of(n).replace("AMINAH", "AMINHA") if n % 4 == 1 else name_of(n)
        worker = {"nik": make_nik(serial=n + 1), "name": spelled, "kpj": f"2601123456{n}"}
        rows += [row(**worker, blth=month, **more) for month in months]
    return rows


def apply(path, *, between=None, progress=lambda _: None, as_of=AS_OF):
    by = Signature(validator(), AT)
    db.session.rollback()
    return act_in_steps(
        lambda shelf: read_extract(GivenExtract(path, as_of), shelf, by=by, progress=progress),
        lambda reading: apply_in_steps(reading, by=by, confirm=True),
        between=between,
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


@pytest.mark.slow
def test_others_write_between_the_steps(path, database):
    result = apply(path, between=lambda: write_beside(database))

    assert result.counts["validated"] == WORKERS
    beside = db.session.connection().exec_driver_sql("SELECT COUNT(*) FROM heartbeats").scalar_one()
    assert beside >= 3 * ((WORKERS + 1) // 2)  # as many to store, to match and to confirm


@pytest.mark.slow
def test_an_extract_counts_as_applied_once_all_of_it_is_stored_and_matched(path):
    seen = []

    def look() -> None:
        states = set(db.session.scalars(select(SignUp.status)))
        people = len(db.session.scalars(select(Participant.id)).all())
        seen.append((db.session.scalars(select(ExtractImport.status)).one(), people, states))
        db.session.rollback()

    apply(path, between=look)

    people = [count for _, count, _ in seen]
    assert people[:5] == [2, 4, 6, 8, 9]
    for status, count, states in seen:
        assert status == "previewed" or (count == WORKERS and "reported" not in states)
    assert ("previewed", WORKERS, {"reported", "matched"}) in seen
    assert ("applied", WORKERS, {"matched", "validated"}) in seen


@pytest.mark.slow
def test_between_the_steps_every_invariant_holds(path):
    found = []

    def look() -> None:
        found.extend([*check_states(), *check_sums()])
        db.session.rollback()

    apply(path, between=look)
    apply(write(*rows_of(("2027-01",), paid="2026-11-20")), between=look, as_of=AT.date())

    assert found == []


@pytest.mark.slow
def test_an_import_that_others_interrupt_stores_what_one_in_one_transaction_stores(path, database):
    validator()
    db.session.remove()
    database.keep("before")
    database.restore("before")
    apply(path)
    in_steps = stored()

    db.session.remove()
    database.restore("before")
    with transaction():
        by = Signature(validator(), AT)
        applying.apply_extract(GivenExtract(path, AS_OF), by=by, confirm=True)
    assert stored() == in_steps


def test_names_are_sealed_again_if_a_participant_went_meanwhile(app, database, monkeypatch):
    path = write(row())
    apply(path)
    sealed = applying.seal_names

    def forget(people, shelf, **given):
        names = sealed(people, shelf, **given)
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


@pytest.mark.slow
def test_confirming_everything_lets_others_in(path, database):
    by = Signature(validator(), AT)
    with transaction():
        applying.apply_extract(GivenExtract(path, AS_OF), by=by, confirm=False)
    beside = []

    def between() -> None:
        write_beside(database)
        beside.append(1)

    assert act_in_steps(lambda _: None, lambda _: confirm_all(by=by), between=between) == WORKERS
    assert len(beside) == (WORKERS + 1) // 2
