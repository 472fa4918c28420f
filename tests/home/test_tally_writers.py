"""Writers of one branch do not wait for each other because of the kept sums, and no sum misses what happens at once."""

import pytest
from earning import make_import
from extracts import siti, validator
from factories import make_branch, make_cadre
from reporting import HELD_ON, hand_in
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portal.database.extensions import db
from portal.verification.queries.tallies import check_last_reports, check_sums

DECIDE = text("UPDATE activities SET status = 'rejected' WHERE id = :id")
VALIDATE = text("UPDATE signups SET status = 'validated', participant_id = :person WHERE id = :id")
LAPSE = text("UPDATE participants SET status = 'lapsed' WHERE id = :person")
STORE = text(
    "INSERT INTO participants (nik_hash, name_sealed, birth_date, first_registered_on, pack, branch_code, status,"
    " as_of, import_id) VALUES (:hash, :hash, '1985-07-05', '2026-10-12', 'JKK,JKM', 'L00', 'active', '2026-10-31',"
    " :import_id) RETURNING id"
)


@pytest.fixture
def postgresql(app, database):
    """A database with several writers; SQLite has one, and its sums are of one row each."""
    return not database.url.startswith("sqlite")


def second_writer():
    connection = db.engine.connect()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = '300ms'"))
        connection.commit()
    return connection


def test_two_decide_on_reports_of_one_branch_at_once(postgresql):
    branch = make_branch()
    reports = [hand_in(make_cadre(branch_id=branch.id)).activity_id for _ in range(2)]
    first = second_writer()
    with first, first.begin():
        first.execute(DECIDE, {"id": reports[0]})
        if postgresql:
            with second_writer() as second, second.begin():
                second.execute(DECIDE, {"id": reports[1]})

    kept = (
        "SELECT state, SUM(n) FROM tallies WHERE kind = 'report' GROUP BY state HAVING SUM(n) <> 0 ORDER BY 1"
    )
    rows = [tuple(row) for row in db.session.execute(text(kept))]
    assert rows == ([("rejected", 2)] if postgresql else [("rejected", 1), ("submitted", 1)])
    assert list(check_sums()) == []


def test_a_participant_waits_for_the_validation_that_counts_it(postgresql):
    """Else a validation that does not see the new status yet, and a status that does not see it, both count wrongly."""
    signup = siti()
    validator()
    given = {"hash": b"x" * 32, "import_id": make_import().id}
    person = db.session.execute(STORE, given).scalar_one()
    db.session.commit()
    named = {"id": signup.id, "person": person}
    db.session.rollback()

    first = second_writer()
    with first, first.begin():
        first.execute(VALIDATE, named)
        if postgresql:
            with second_writer() as second, pytest.raises(OperationalError, match="lock timeout"):
                second.execute(LAPSE, {"person": person})
    with second_writer() as second, second.begin():
        second.execute(LAPSE, {"person": person})

    members = "SELECT state, SUM(n) FROM tallies WHERE kind = 'member' GROUP BY state HAVING SUM(n) <> 0"
    assert [tuple(row) for row in db.session.execute(text(members))] == [("lapsed", 1)]
    assert list(check_sums()) == []


def test_a_transfer_waits_for_a_sign_up_of_its_cadre_and_takes_it_along(postgresql):
    """Else the sign-up would count where the cadre was, and never move."""
    signup = siti()
    other = make_branch()
    move = text("UPDATE cadres SET branch_id = :branch WHERE id = :id")
    moved = {"branch": other.id, "id": signup.cadre_id}
    held = text("UPDATE signups SET status = 'expired' WHERE id = :id")
    named = {"id": signup.id}
    db.session.rollback()

    first = second_writer()
    with first, first.begin():
        first.execute(held, named)
        if postgresql:
            with second_writer() as second, pytest.raises(OperationalError, match="lock timeout"):
                second.execute(move, moved)
    with second_writer() as second, second.begin():
        second.execute(move, moved)

    assert in_branches() == [("expired:free", moved["branch"], 1)]
    assert list(check_sums()) == []


def test_a_sign_up_waits_for_the_transfer_of_its_cadre_and_counts_where_they_are_then(postgresql):
    signup = siti()
    other = make_branch()
    moved = {"branch": other.id, "id": signup.cadre_id}
    expire = text("UPDATE signups SET status = 'expired' WHERE id = :id")
    named = {"id": signup.id}
    db.session.rollback()

    first = second_writer()
    with first, first.begin():
        first.execute(text("UPDATE cadres SET branch_id = :branch WHERE id = :id"), moved)
        if postgresql:
            with second_writer() as second, pytest.raises(OperationalError, match="lock timeout"):
                second.execute(expire, named)
    with second_writer() as second, second.begin():
        second.execute(expire, named)

    assert in_branches() == [("expired:free", moved["branch"], 1)]
    assert list(check_sums()) == []


def in_branches() -> list[tuple]:
    kept = (
        "SELECT state, branch_id, SUM(n) FROM tallies WHERE kind = 'branch_signup'"
        " GROUP BY state, branch_id HAVING SUM(n) <> 0"
    )
    return [tuple(row) for row in db.session.execute(text(kept))]


def test_the_newest_of_two_reports_at_once_is_the_last_one(postgresql):
    """The second writer waits for the first, and then sees what it stored."""
    cadre = make_cadre()
    older, newer = (hand_in(cadre, held_on=HELD_ON.replace(day=day)).activity_id for day in (3, 5))
    later = text("UPDATE activities SET held_on = :day WHERE id = :id")
    db.session.rollback()
    first = second_writer()
    with first, first.begin():
        first.execute(later, {"day": "2026-11-18", "id": older})
        if postgresql:
            with second_writer() as second, pytest.raises(OperationalError, match="lock timeout"):
                second.execute(later, {"day": "2026-11-12", "id": newer})
    with second_writer() as second, second.begin():
        second.execute(later, {"day": "2026-11-12", "id": newer})

    kept = db.session.execute(
        text("SELECT CAST(last_report_on AS TEXT) FROM cadres WHERE id = :id"), {"id": cadre.id}
    )
    assert kept.scalar_one() == "2026-11-18"
    assert list(check_last_reports()) == []
