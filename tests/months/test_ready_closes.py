"""A close that is made ready while others write (SQLite): the same rows, nobody shut out, computed again if need be."""

import threading
from collections.abc import Callable
from datetime import date
from itertools import count

import pytest
from earning import LATER, activity, assign, close, operator, pay, sign_up, withdraw
from extracts import everything
from factories import make_branch, make_cadre, make_host
from sqlalchemy import select, update

from portal.cadres.models import CadreTerm
from portal.database.extensions import db
from portal.database.shelf import Shelf
from portal.database.transaction import act_prepared, transaction
from portal.domain.actors import Signature
from portal.months.queries.previews import preview_month
from portal.months.services import preparing
from portal.months.services.closing import ClosedMonth, close_month
from portal.months.services.preparing import ReadyClose, prepare_close
from portal.organisation.models import HostBody
from portal.points.models import LedgerEntry

pytestmark = [pytest.mark.slow]

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 9), date(2026, 10, 12), date(2026, 11, 3)
MONTH = "2026-10"
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def cadres(app) -> list:
    """October can close: three plans, host bodies, contributions, late money of September."""
    made = []
    for plan in ("perisai-2018", "perisai-2022", "kader-penggerak"):
        branch = make_branch()
        assign(branch, plan)
        made += [
            make_cadre(branch_id=branch.id, host_body_id=make_host().id, npwp_valid=True),
            make_cadre(branch_id=branch.id),
        ]
    rows = [row for cadre in made for row in sign_up(cadre, 4, on=SEPTEMBER)]
    for cadre in made:
        pay(cadre, 36_800, paid_on=SEPTEMBER)
    close("2026-09")
    withdraw(rows[0], "fraud")
    for n, cadre in enumerate(made):
        sign_up(cadre, 25 - 11 * (n % 2), on=OCTOBER)
        pay(cadre, 16_800 + n, paid_on=OCTOBER)
        pay(cadre, 36_800, paid_on=SEPTEMBER)
        activity(cadre, f"A{n}", on=OCTOBER)
    return made


class Closer:
    """Closes October as commands do; `beside` happens after it was made ready, and is counted."""

    def __init__(self, app, beside: Callable[[int], object] = lambda _: None) -> None:
        self.app, self.beside, self.by = app, beside, Signature(operator(), LATER)
        self.ready: list[ReadyClose | None] = []

    def prepare(self, rows: Shelf) -> ReadyClose | None:
        ready = prepare_close(month=MONTH, at=self.by.at, rows=rows)
        elsewhere(self.app, lambda: self.beside(len(self.ready)))
        return ready

    def act(self, ready: ReadyClose | None) -> ClosedMonth:
        self.ready.append(ready)
        return close_month(month=MONTH, by=self.by, ready=ready)

    def close(self) -> ClosedMonth:
        return act_prepared(self.prepare, self.act)


def elsewhere(app, act: Callable[[], object]) -> None:
    """Do it in a thread of its own, on a connection of its own."""
    problems: list[Exception] = []

    def run() -> None:
        with app.app_context():
            try:
                act()
            except Exception as problem:
                problems.append(problem)
            finally:
                db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    assert problems == []


@on_sqlite
def test_what_was_made_ready_is_stored_row_for_row_as_a_close_stores_it(app, cadres):
    by, before = Signature(operator(), LATER), everything()["board_versions"]
    db.session.rollback()
    db.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    directly = close_month(month=MONTH, by=by)
    session = db.session()
    session.dispatch.before_commit(session)  # what a commit adds, though this one is undone
    rows = everything()
    db.session.rollback()
    closer = Closer(app)

    assert closer.close() == directly
    assert [ready is not None for ready in closer.ready] == [True]
    stored = everything()
    assert stored == rows
    assert stored["board_versions"] != before  # whoever looks at a board sees that the month is closed
    assert len(rows["statement_lines"]) > len(cadres)
    assert rows["line_evidence"]
    assert {MONTH, "2026-09"} == {
        month for row in rows["host_amounts"] for month in (MONTH, "2026-09") if month in row
    }


@on_sqlite
def test_others_write_while_it_is_computed_and_other_months_change_nothing(app, cadres, monkeypatch):
    numbers, entry = count(), cadres[0].id
    real = preparing.find_loose_ends

    def post() -> None:
        cadre = type("Cadre", (), {"id": entry})
        activity(cadre, f"N{next(numbers)}", on=NOVEMBER, at=LATER)

    def inside() -> object:
        elsewhere(app, post)  # the snapshot is open, and its rows are being written beside the database
        return real()

    monkeypatch.setattr(preparing, "find_loose_ends", inside)
    digest = preview_month(MONTH).digest
    closer = Closer(app, lambda _: post())

    assert closer.close().digest == digest
    assert len(closer.ready) == 1
    db.session.rollback()
    entries = select(LedgerEntry.month).where(LedgerEntry.source.like("activity:N%"))
    assert db.session.scalars(entries).all() == ["2026-11", "2026-11"]


def post_to_october(cadre_id: int) -> None:
    activity(type("Cadre", (), {"id": cadre_id}), "Late", on=OCTOBER, at=LATER)


def mark_september(cadre_id: int) -> None:
    activity(type("Cadre", (), {"id": cadre_id}), "Marked", on=SEPTEMBER, at=LATER)


def change_terms(cadre_id: int) -> None:
    """Change what no table counts, with an event as every service writes one."""
    from portal import audit

    with transaction():
        body = db.session.scalars(select(HostBody.id).order_by(HostBody.id.desc())).first()
        db.session.execute(
            update(CadreTerm)
            .where(CadreTerm.cadre_id == cadre_id)
            .values(host_body_id=body, npwp_valid=False)
        )
        audit.record(by=Signature(operator(), LATER), act="cadre.moved", subject=("cadre", cadre_id))


@on_sqlite
@pytest.mark.parametrize("change", [post_to_october, mark_september, change_terms])
def test_an_input_that_changes_meanwhile_is_computed_again(app, cadres, change):
    cadre_id = cadres[0].id
    closer = Closer(app, lambda tries: change(cadre_id) if not tries else None)

    closed = closer.close()

    assert [ready is not None for ready in closer.ready] == [True, True]
    db.session.rollback()
    again = everything()
    assert closed.digest in str(again["months"])
    from portal.verification.queries import list_findings_of

    for check in ("months.digests", "months.late_money", "standings.frozen", "statements.sums"):
        assert list_findings_of(check) == []


@on_sqlite
def test_inputs_that_change_each_time_are_computed_under_the_lock_at_last(app, cadres):
    cadre_id = cadres[0].id

    def post(tries: int) -> None:
        activity(type("Cadre", (), {"id": cadre_id}), f"T{tries}", on=OCTOBER, at=LATER)

    closer = Closer(app, post)

    assert closer.close().digest
    assert [ready is not None for ready in closer.ready] == [True, True, False]
    db.session.rollback()
    entries = select(LedgerEntry.month).where(LedgerEntry.source.like("activity:T%"))
    assert db.session.scalars(entries).all() == [MONTH, MONTH]


def test_a_closed_month_is_found_closed_and_postgresql_needs_nothing_made_ready(app, cadres):
    closer = Closer(app)
    first = closer.close()
    again = Closer(app).close()

    assert (again.digest, again.already, first.already) == (first.digest, True, False)
    prepared = [ready is not None for ready in closer.ready]
    assert prepared == [db.engine.dialect.name == "sqlite"]
