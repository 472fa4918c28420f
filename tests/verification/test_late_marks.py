"""A planted late mark is reported at once, and hides no difference until the next close."""

import pytest
from sqlalchemy import select, text

from portal.database.extensions import db
from portal.points.models import LateMark
from portal.points.queries import last_closed_month
from portal.verification.queries.closes import check_late_money
from portal.verification.queries.late_marks import check_marks, list_marks_with_cause

pytestmark = [pytest.mark.slow]

PLANTED = (
    "INSERT INTO late_marks (cadre_id, month, marked_at) VALUES (:cadre_id, :month, '2026-11-20 00:00:00')"
)
EARNED = (
    "SELECT s.id, s.cadre_id, c.code, s.earned_month AS month FROM signups s JOIN cadres c ON c.id = s.cadre_id"
    " JOIN line_evidence v ON v.kind = 'signup' AND v.ref_id = s.id JOIN statement_lines l ON l.id = v.line_id"
    " AND l.component = 'acquisition_fee' AND l.amount > 0 AND l.month = l.original_month"
    " WHERE s.earned_month = '2026-08' AND s.status = 'validated' ORDER BY s.id LIMIT 1"
)


def _found(check) -> set[str]:
    return {one.where for one in check()}


def test_the_marks_of_an_untouched_world_stand_on_what_happened_since_its_last_close(world):
    marks = {
        (row.cadre_id, row.month) for row in db.session.execute(select(LateMark.cadre_id, LateMark.month))
    }
    assert marks
    assert list_marks_with_cause() == marks


def test_a_planted_mark_is_named_and_excuses_nothing(world):
    world.open_for_changes()
    row = db.session.execute(text(EARNED)).mappings().one()
    db.session.execute(text("UPDATE signups SET outcome = 'reactivated' WHERE id = :id"), {"id": row["id"]})
    differs = f"{row['code']} {row['month']} acquisition_fee"
    assert differs in _found(check_late_money)

    db.session.execute(text(PLANTED), {"cadre_id": row["cadre_id"], "month": row["month"]})

    assert _found(check_marks) == {f"{row['code']} {row['month']}"}
    assert differs in _found(check_late_money)


@pytest.mark.parametrize("month", ["2026-07", "2026-11"])
def test_a_mark_without_a_reason_or_for_an_open_month_is_named(world, month):
    world.open_for_changes()
    query = "SELECT id AS cadre_id, code FROM cadres WHERE id NOT IN (SELECT cadre_id FROM late_marks) ORDER BY id LIMIT 1"
    row = db.session.execute(text(query)).mappings().one()
    db.session.execute(text(PLANTED), {"cadre_id": row["cadre_id"], "month": month})

    assert _found(check_marks) == {f"{row['code']} {month}"}


def test_a_mark_that_a_close_took_up_and_that_comes_back_is_named(world):
    """A reason from before the newest close no longer counts."""
    world.open_for_changes()
    last = last_closed_month()
    posted = (
        "SELECT e.cadre_id, c.code, e.original_month AS month FROM ledger_entries e JOIN cadres c ON c.id = e.cadre_id"
        " WHERE e.month > e.original_month AND e.month <= :last AND NOT EXISTS (SELECT 1 FROM late_marks m"
        " WHERE m.cadre_id = e.cadre_id AND m.month = e.original_month)"
        # A hand-over since the close is a reason of its own for those whom it concerns.
        " AND NOT EXISTS (SELECT 1 FROM hand_overs h WHERE e.cadre_id IN (h.from_cadre_id, h.to_cadre_id))"
        " ORDER BY e.id LIMIT 1"
    )
    row = db.session.execute(text(posted), {"last": last}).mappings().one()
    db.session.execute(text(PLANTED), {"cadre_id": row["cadre_id"], "month": row["month"]})

    assert _found(check_marks) == {f"{row['code']} {row['month']}"}


def test_a_mark_is_not_vouched_for_by_an_instant_that_somebody_wrote_into_a_sign_up(world):
    """The trail says when a sign-up was decided, not the sign-up itself."""
    world.open_for_changes()
    row = db.session.execute(text(EARNED)).mappings().one()
    later = "UPDATE signups SET validated_at = '2026-11-21 00:00:00', withdrawn_at = '2026-11-21 00:00:00' WHERE id = :id"
    db.session.execute(text(later), {"id": row["id"]})
    db.session.execute(text(PLANTED), {"cadre_id": row["cadre_id"], "month": row["month"]})

    assert _found(check_marks) == {f"{row['code']} {row['month']}"}
