"""Deciding asks the database as often for many reports as for a few."""

from datetime import timedelta

import pytest
from cast import make_cast
from reporting import HELD_ON, hand_in_clean
from sqlalchemy import event

from portal import clock
from portal.activities.services.decide import approve_activities
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature


@pytest.fixture
def cast(app):
    return make_cast()


def statements_to_approve(cast, receipts):
    """Approve reports in one transaction; return what SQLAlchemy sent: a statement for many rows counts once."""
    seen, by = [], Signature(cast.actor("fahmi"), clock.now())

    def see(_connection, _cursor, statement, *_):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", see)
    try:
        with transaction():
            picked = [(receipt.activity_id, receipt.version) for receipt in receipts]
            answers = approve_activities(picked=picked, by=by)
    finally:
        event.remove(db.engine, "before_cursor_execute", see)
    assert [(answer.code, answer.points) for answer in answers] == [("", 20)] * len(receipts)
    return seen


def test_many_reports_take_as_many_statements_as_two(cast):
    days = [HELD_ON - timedelta(days=number) for number in range(5)]
    clean = [hand_in_clean(cadre, held_on=day) for day in days for cadre in (cast.marlina, cast.herman) * 2]
    statements_to_approve(cast, clean[:1])  # makes the month's row
    few = statements_to_approve(cast, clean[1:3])
    many = statements_to_approve(cast, clean[3:])

    assert len(many) == len(few)
    assert len(many) <= 22
