"""Badges are awarded once, kept as a record, taken back for fraud; moments are told once (rules.md 11.3)."""

from datetime import date, timedelta

import pytest
from cast import make_cast
from earning import sign_up
from factories import actor_of
from recognised import (
    NOW,
    approved,
    award,
    award_badge,
    badges,
    moments,
    note_moment,
    operator,
    recognise,
)
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.points.models import LedgerEntry
from portal.recognition.models import Definition
from portal.recognition.services.moments import take_moment
from portal.signups.services.decide import withdraw_signup

MONDAY = date(2026, 11, 16)


@pytest.fixture
def cast(app):
    people = make_cast()
    recognise()
    return people


def test_fraud_takes_back_what_stands_on_it_and_nothing_else_does(cast):
    first, other = sign_up(cast.marlina, 2, on=MONDAY)
    approved(cast.marlina, cast.fahmi, MONDAY)
    recognise()
    assert badges(cast.marlina) == ["first-report", "signups-1"]
    (source,) = award(cast.marlina, "signups-1").evidence
    fraud, mistake = (first, other) if source == f"signup:{first.ref}" else (other, first)
    by = Signature(actor_of(cast.vera), NOW)
    with transaction():
        withdraw_signup(signup_id=mistake.id, kind="wrong_match", reason="Salah orang", by=by)
    recognise()
    assert badges(cast.marlina) == ["first-report", "signups-1"]
    with transaction():
        withdraw_signup(signup_id=fraud.id, kind="fraud", reason="Terbukti dibuat-buat", by=by)
    recognise()
    assert badges(cast.marlina) == ["first-report"]
    assert award(cast.marlina, "signups-1").taken_back_because == "fraud"
    recognise()
    sign_up(cast.marlina, 1, on=MONDAY)
    recognise()
    assert badges(cast.marlina) == ["first-report"]  # awarded once per cadre and code
    acts = db.session.execute(select(func.count()).where(AuditEvent.act == "badge.taken_back")).scalar_one()
    assert acts == 1


def test_a_badge_that_gives_points_posts_them_once_and_fraud_reverses_them(cast):
    with transaction():
        shipped = db.session.scalars(select(Definition).where(Definition.code == "signups-1")).one()
        shipped.document = shipped.document | {"points": 15}
    (row,) = sign_up(cast.marlina, 1, on=MONDAY)
    recognise()
    recognise()

    def posted():
        query = select(LedgerEntry.kind, LedgerEntry.source, LedgerEntry.points).where(
            LedgerEntry.kind.in_(("badge", "badge_reversal"))
        )
        return [tuple(one) for one in db.session.execute(query.order_by(LedgerEntry.id))]

    assert posted() == [("badge", "badge:signups-1:K-MARLINA", 15)]
    with transaction():
        by = Signature(actor_of(cast.vera), NOW)
        withdraw_signup(signup_id=row.id, kind="fraud", reason="Terbukti dibuat-buat", by=by)
    recognise()
    assert posted()[1:] == [("badge_reversal", "badge:signups-1:K-MARLINA", -15)]


def test_a_badge_of_a_challenge_is_awarded_by_its_service_once(cast):
    given = {"cadre_id": cast.marlina.id, "code": "challenge-team", "value": 40, "by": operator()}
    with transaction():
        assert award_badge(evidence=["activity:b", "activity:a"], **given)
        assert not award_badge(evidence=["activity:c"], **given)
    assert award(cast.marlina, "challenge-team").evidence == ["activity:a", "activity:b"]
    assert moments(cast.marlina) == [("badge", "badge:challenge-team", False)]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM badge_awards",
        "UPDATE badge_awards SET value = 9",
        "UPDATE badge_awards SET awarded_on = '2020-01-01'",
    ],
)
def test_the_database_refuses_to_change_an_award(cast, statement):
    approved(cast.marlina, cast.fahmi, MONDAY)
    recognise()
    with pytest.raises(DBAPIError, match=r"guard|permission"), transaction():
        db.session.execute(text(statement))


def test_a_moment_is_noted_once_and_two_pages_do_not_share_it(cast):
    given = {"cadre_id": cast.marlina.id, "kind": "threshold", "details": {"new": 25}, "at": NOW}
    with transaction():
        assert note_moment(source="threshold:2026-11", **given)
        assert not note_moment(source="threshold:2026-11", **given)
        assert note_moment(source="threshold:2026-12", **given)
        taken = [take_moment(cadre_id=cast.marlina.id, at=NOW) for _ in range(3)]
    assert [one and one.source for one in taken] == ["threshold:2026-11", "threshold:2026-12", None]


def test_more_than_three_badges_at_once_are_no_lecture(cast):
    for day in range(4):
        approved(cast.marlina, cast.fahmi, MONDAY + timedelta(days=day))
    with transaction():
        for code in ("reports-50", "reports-250", "month-20"):
            row = db.session.scalars(select(Definition).where(Definition.code == code)).one()
            row.document = row.document | {"threshold": 2}
    recognise()
    assert [seen for kind, _, seen in moments(cast.marlina) if kind == "badge"] == [False, False, False, True]
