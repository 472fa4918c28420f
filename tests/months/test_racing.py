"""Two closers at once, a posting beside a close, and a process killed inside one."""

import os
import signal
import threading
import traceback
from datetime import date
from types import SimpleNamespace

import pytest
from earning import LATER, activity, assign, close, operator, sign_up
from factories import make_branch, make_cadre
from sqlalchemy import func, select

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.incentives.models import Statement
from portal.leaderboards.models import FrozenStanding
from portal.months.services import closable, closing
from portal.months.services.closing import close_month
from portal.points.models import LedgerEntry, Month

pytestmark = [pytest.mark.slow]

OCTOBER = date(2026, 10, 12)


def world(cadres: int = 3) -> list:
    branch = make_branch()
    assign(branch, "perisai-2022")
    made = [make_cadre(branch_id=branch.id) for _ in range(cadres)]
    for cadre in made:
        sign_up(cadre, 2, on=OCTOBER)
    return made


def together(app, *acts) -> list:
    """Run acts in their own threads, released at once; return what each returned or raised."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        with app.app_context():
            barrier.wait()
            try:
                results[index] = act()
            except Exception as problem:
                results[index] = problem
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_two_racing_closes_give_one(app):
    world()
    actor = operator()
    db.session.rollback()

    def one_close():
        with transaction():
            return close_month(month="2026-10", by=Signature(actor, LATER))

    results = together(app, one_close, one_close, one_close)
    assert sorted(result.already for result in results) == [False, True, True]
    assert len({result.digest for result in results}) == 1
    assert db.session.execute(select(func.count()).select_from(Statement)).scalar_one() == 3
    events = select(func.count()).where(AuditEvent.act == "month.closed")
    assert db.session.execute(events).scalar_one() == 1


def test_a_close_that_ends_between_the_looks_of_another_is_found_by_it(app, monkeypatch):
    """The second closer saw the month open, and when it asks whose turn it is, the month is closed."""
    if db.engine.dialect.name == "sqlite":
        pytest.skip("on SQLite a closer is the one writer from its first look on")
    world()
    actor = operator()
    db.session.rollback()
    real, first = closable.next_to_close, []

    def asked_late():
        monkeypatch.setattr(closable, "next_to_close", real)
        first.extend(together(app, lambda: close("2026-10")))
        return real()

    monkeypatch.setattr(closable, "next_to_close", asked_late)
    with transaction():
        second = close_month(month="2026-10", by=Signature(actor, LATER))

    [first] = first
    assert (second.already, second.digest) == (True, first.digest)


def test_a_posting_beside_a_close_is_in_it_or_late_never_lost(app):
    cadre = SimpleNamespace(id=world(1)[0].id)
    db.session.rollback()
    results = together(
        app,
        lambda: close("2026-10"),
        *(lambda n=n: activity(cadre, f"X{n}", on=OCTOBER, at=LATER) for n in range(6)),
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    entries = db.session.execute(
        select(LedgerEntry.month, func.sum(LedgerEntry.points)).group_by(LedgerEntry.month),
    ).all()
    assert sum(points for _, points in entries) == 150 + 120
    frozen = db.session.execute(
        select(FrozenStanding.points).where(FrozenStanding.scope == "nation")
    ).scalar_one()
    assert frozen == dict(map(tuple, entries))["2026-10"]


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def close_and_die(place: str) -> int:
    """Close October in a forked process that kills itself there; its exit status, which is minus the signal."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        mark = closing._mark_closed

        def mark_and_die(*args: object, **values: object) -> None:
            mark(*args, **values)
            die()

        name = "award_month" if place == "award" else "_mark_closed"
        setattr(closing, name, mark_and_die if place == "commit" else die)
        try:
            with transaction():
                closing.close_month(month="2026-10", by=Signature(operator(), LATER))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_killed_inside_a_close_the_month_is_open_as_before(app):
    world()
    db.session.rollback()
    before = db.session.execute(select(func.count()).select_from(AuditEvent)).scalar_one()
    db.session.rollback()
    for place in ("award", "mark", "commit"):
        assert close_and_die(place) == -signal.SIGKILL
        for table in (Statement, FrozenStanding):
            assert db.session.execute(select(func.count()).select_from(table)).scalar_one() == 0
        assert db.session.execute(select(Month.status).where(Month.month == "2026-10")).scalar_one() == "open"
        assert db.session.execute(select(func.count()).select_from(AuditEvent)).scalar_one() == before
        db.session.rollback()
    assert close("2026-10").cadres == 3
