"""Concurrency: posting against the close, the same source twice, four writers."""

import random
import threading
import time
from datetime import UTC, date, datetime

import pytest
from factories import actor_of, make_branch, make_cadre, make_user
from sqlalchemy import select, text, update

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.months import first_day, next_month
from portal.leaderboards.services import freeze_standings
from portal.points.models import LedgerEntry, Month, ScoreCount, Standing
from portal.points.services.months import lock_month
from portal.points.services.posting import NewEntry, post_entry
from portal.points.services.rebuilding import rebuild_standings

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
ROUNDS = 10


class Race:
    """One month after the other, posted to and closed by two threads at the same time."""

    def __init__(self, app) -> None:
        self.app, self.month, self.count = app, "2020-01", 0
        self.cadre = make_cadre(account=False)
        self.cadre_id, self.actor = self.cadre.id, actor_of(make_user(role="admin"))
        self.failures: list[BaseException] = []
        self.post("first")  # the programme's first month has its row

    def post(self, source: str, *, before_commit=lambda: None) -> None:
        with transaction():
            post_entry(
                NewEntry(
                    cadre_id=self.cadre_id,
                    kind="activity",
                    source=source,
                    points=10,
                    rule_version=1,
                    earned_on=first_day(self.month),
                ),
                by=Signature(self.actor, NOW),
            )
            before_commit()

    def close(self, *, before_commit=lambda: None) -> None:
        with transaction():
            lock_month(self.month)
            freeze_standings(month=self.month)
            before_commit()
            db.session.execute(
                update(Month)
                .where(Month.month == self.month)
                .values(status="closed", digest="d" * 64, closed_at=NOW),
            )

    def together(self, *acts) -> None:
        def run(act):
            with self.app.app_context():
                try:
                    act()
                except BaseException as problem:
                    self.failures.append(problem)
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        if self.failures:
            raise self.failures[0]

    def judge(self, source: str) -> str:
        """Tell where the entry went: into the close or into the month after, never neither, never both."""
        db.session.expire_all()
        months = (
            db.session.execute(select(LedgerEntry.month).where(LedgerEntry.source == source)).scalars().all()
        )
        in_ledger = "SELECT COALESCE(SUM(points), 0) FROM ledger_entries WHERE month = :m"
        in_frozen = (
            "SELECT COALESCE(SUM(points), 0) FROM frozen_standings WHERE month = :m AND scope = 'nation'"
        )
        values = {"m": self.month}
        assert len(months) == 1
        assert months[0] in {self.month, next_month(self.month)}
        posted = db.session.execute(text(in_ledger), values).scalar_one()
        assert posted == db.session.execute(text(in_frozen), values).scalar_one()
        db.session.rollback()
        went = "closed" if months[0] == self.month else "next"
        self.month = next_month(self.month)
        return went


@pytest.fixture
def race(app):
    return Race(app)


@pytest.mark.slow
def test_who_posts_first_is_in_the_close(race):
    for n in range(ROUNDS):
        posted = threading.Event()

        def hold(posted=posted):
            posted.set()
            time.sleep(0.03)

        race.together(
            lambda n=n, hold=hold: race.post(f"x:{n}", before_commit=hold),
            lambda posted=posted: (posted.wait(10), race.close()),
        )
        assert race.judge(f"x:{n}") == "closed"


@pytest.mark.slow
def test_who_posts_after_the_lock_is_in_the_next_month(race):
    for n in range(ROUNDS):
        locked = threading.Event()

        def hold(locked=locked):
            locked.set()
            time.sleep(0.03)

        race.together(
            lambda hold=hold: race.close(before_commit=hold),
            lambda n=n, locked=locked: (locked.wait(10), race.post(f"x:{n}")),
        )
        assert race.judge(f"x:{n}") == "next"


@pytest.mark.slow
def test_at_the_same_moment_it_is_one_or_the_other(race):
    dice = random.Random(1)
    for n in range(3 * ROUNDS):
        barrier = threading.Barrier(2)
        waits = [dice.choice((0, 0, 0.001, 0.003)) for _ in range(2)]

        def start(act, wait, barrier=barrier):
            barrier.wait(10)
            time.sleep(wait)
            act()

        race.together(
            lambda n=n, start=start, waits=waits: start(lambda: race.post(f"x:{n}"), waits[0]),
            lambda start=start, waits=waits: start(race.close, waits[1]),
        )
        race.judge(f"x:{n}")


def test_two_closers_close_once(race):
    barrier, closed = threading.Barrier(2), []

    def close():
        barrier.wait(10)
        with transaction():
            if lock_month(race.month).status == "open":
                freeze_standings(month=race.month)
                values = {"status": "closed", "digest": "d" * 64, "closed_at": NOW}
                db.session.execute(update(Month).where(Month.month == race.month).values(**values))
                closed.append(1)

    race.together(close, close)
    assert closed == [1]


def test_the_same_source_from_many_hands_is_one_entry(race):
    barrier = threading.Barrier(8)

    def post():
        barrier.wait(10)
        race.post("same:1")

    race.together(*[post] * 8)
    found = (
        db.session.execute(select(LedgerEntry.points).where(LedgerEntry.source == "same:1")).scalars().all()
    )
    assert found == [10]
    assert db.session.get(Standing, (race.cadre_id, "2020-01")).points == 20


@pytest.mark.slow
def test_four_writers_neither_wait_in_a_ring_nor_lose_a_point(race):
    branch = make_branch()
    cadres = [make_cadre(branch_id=branch.id, account=False).id for _ in range(10)]
    barrier = threading.Barrier(4)

    def write(number):
        dice = random.Random(number)
        barrier.wait(10)
        for batch in range(6):
            with transaction():
                for n in range(12):
                    post_entry(
                        NewEntry(
                            cadre_id=dice.choice(cadres),
                            kind=dice.choice(("signup", "activity")),
                            source=f"w:{number}-{batch}-{n}",
                            points=dice.choice((10, 50, 75)),
                            rule_version=1,
                            earned_on=date(2026, dice.choice((10, 11)), 3),
                        ),
                        by=Signature(race.actor, NOW),
                    )

    race.together(*[lambda number=number: write(number) for number in range(4)])
    live = everything()
    with transaction():
        rebuild_standings()
    assert everything() == live


def everything():
    db.session.rollback()  # end an older snapshot
    standings = db.session.execute(select(*Standing.__table__.c).order_by("period", "cadre_id")).all()
    counts = db.session.execute(
        select(*ScoreCount.__table__.c).where(ScoreCount.cadres != 0).order_by("period", "level", "bucket"),
    ).all()
    return standings, counts
