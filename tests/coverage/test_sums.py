"""What triggers count of villages follows whatever is done: after each act it equals a fresh count (rules.md 12.3)."""

from dataclasses import replace
from datetime import date

import pytest
from earning import make_import
from extracts import siti, validator
from factories import make_branch, make_cadre, together
from home.test_tallies import WHY, World, carry_out
from home.test_tally_writers import DECIDE, STORE, second_writer
from reporting import hand_in, report, worker
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from portal.activities.models import Activity
from portal.activities.services.decide import return_activity
from portal.cadres.models import Cadre
from portal.coverage.models import VillageSum
from portal.coverage.services.folding import fold_villages
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import RuleBroken
from portal.verification.queries.coverage import check_sums

VILLAGES = ("1671071005", "1671051002", None)
KEPT = (
    "SELECT village_code, SUM(visits), SUM(participants) FROM village_sums GROUP BY village_code"
    " HAVING SUM(visits) <> 0 OR SUM(participants) <> 0 ORDER BY village_code"
)


def kept() -> list[tuple]:
    db.session.rollback()
    return [(village, int(visits), int(people)) for village, visits, people in db.session.execute(text(KEPT))]


class Villages(World):
    """The world of the kept sums, with reports that name villages, are corrected, and now and then folded sums."""

    def report(self) -> None:
        cadre = db.session.get_one(Cadre, self.random.choice(self.cadres))
        on = date(2026, self.random.choice((10, 11)), self.random.randint(1, 21))
        picked = self.random.sample(self.workers, self.random.randint(0, 2))
        said = [worker(nik=nik, reported_on=on) for nik in picked]
        hand_in(cadre, held_on=on, signups=tuple(said), village_code=self.random.choice(VILLAGES))

    def correct(self) -> None:
        """Return a report that waits, and send it again from another village."""
        waiting = select(Activity).where(Activity.status.in_(("submitted", "returned"))).order_by(Activity.id)
        found = self.random.choice(db.session.scalars(waiting).all() or [None])
        if found is None:
            raise RuleBroken("nothing.there")
        if found.status == "submitted":
            with transaction():
                return_activity(activity_id=found.id, code="other", reason=WHY, by=self.by())
        db.session.refresh(found)
        again = report(ref=found.ref, held_on=found.held_on, village_code=self.random.choice(VILLAGES))
        hand_in(db.session.get_one(Cadre, found.cadre_id), given=replace(again, corrects=found.version))

    def tidy(self) -> None:
        with transaction():
            fold_villages()

    def acts(self) -> list:
        found = super().acts() + [self.correct] * 8
        return found[:4] + self.random.sample(found[4:], len(found) - 4)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sums_of_villages_follow_whatever_is_done(app, seed):
    world, done, most = Villages(seed), [], 0
    for act in world.acts():
        done.append(carry_out(act))
        assert [(one.what, one.where) for one in check_sums()] == [], done
        most = max(most, sum(people for _, _, people in kept()))
    assert {"report", "decide", "correct", "extract", "tidy"} <= set(done), done
    assert most, done


def test_folding_leaves_one_row_of_each_village_and_branch_and_none_of_nothing(app):
    with together():
        branch = make_branch()
        cadre = make_cadre(branch_id=branch.id)
    reports = [hand_in(cadre, village_code=village).activity_id for village in (*VILLAGES[:2], VILLAGES[0])]
    _set("approved", reports)
    _set("rejected", reports[1:2])

    with transaction():
        fold_villages()

    rows = db.session.execute(select(VillageSum.village_code, VillageSum.branch_id, VillageSum.visits)).all()
    assert [tuple(row) for row in rows] == [(VILLAGES[0], branch.id, 2)]
    with transaction():
        assert fold_villages() == 0


def _set(status: str, reports: list[int]) -> None:
    for number in reports:
        with transaction():
            db.session.execute(
                text("UPDATE activities SET status = :status WHERE id = :id"),
                {"status": status, "id": number},
            )


@pytest.fixture
def postgresql(app, database):
    """A database with several writers; SQLite has one."""
    return not database.url.startswith("sqlite")


def test_two_decide_on_reports_of_one_village_at_once(postgresql):
    branch = make_branch()
    reports = [
        hand_in(make_cadre(branch_id=branch.id), village_code=VILLAGES[0]).activity_id for _ in range(2)
    ]
    _set("approved", reports)
    first = second_writer()
    with first, first.begin():
        first.execute(DECIDE, {"id": reports[0]})
        if postgresql:
            with second_writer() as second, second.begin():
                second.execute(DECIDE, {"id": reports[1]})

    assert kept() == ([] if postgresql else [(VILLAGES[0], 1, 0)])
    assert list(check_sums()) == []


@pytest.fixture
def credited(app):
    """A report from a village whose one sign-up is of an active participant; return the report's and the person's id."""
    cadre = make_cadre()
    activity = hand_in(cadre, village_code=VILLAGES[0])
    signup = siti(cadre_id=cadre.id, activity_ref=activity.ref)
    validator()
    given = {"hash": b"x" * 32, "import_id": make_import().id}
    person = db.session.execute(STORE, given).scalar_one()
    named = {"id": signup.id, "person": person}
    db.session.execute(
        text("UPDATE signups SET status = 'validated', participant_id = :person WHERE id = :id"), named
    )
    db.session.execute(text("UPDATE participants SET signup_id = :id WHERE id = :person"), named)
    db.session.commit()
    assert kept() == [(VILLAGES[0], 0, 1)]
    db.session.rollback()
    return activity.activity_id, person


MOVE = text("UPDATE activities SET village_code = '1671051002' WHERE id = :id")
LAPSE = text("UPDATE participants SET status = 'lapsed' WHERE id = :id")


def test_a_status_waits_for_the_report_that_moves_its_village(postgresql, credited):
    """Else neither sees what the other changes, and both villages are counted wrongly."""
    activity, person = credited
    first = second_writer()
    with first, first.begin():
        first.execute(MOVE, {"id": activity})
        if postgresql:
            with second_writer() as second, pytest.raises(OperationalError, match="lock timeout"):
                second.execute(LAPSE, {"id": person})
    assert kept() == [(VILLAGES[1], 0, 1)]
    assert list(check_sums()) == []


def test_a_report_that_moves_gives_up_before_an_import_would_fall_victim(postgresql, credited):
    activity, person = credited
    first = second_writer()
    with first, first.begin():
        first.execute(LAPSE, {"id": person})
        if postgresql:
            with db.engine.connect() as second, pytest.raises(OperationalError, match="lock timeout"):
                second.execute(MOVE, {"id": activity})
    with second_writer() as second, second.begin():
        second.execute(MOVE, {"id": activity})

    assert kept() == []
    assert list(check_sums()) == []
