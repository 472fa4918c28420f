"""A plan that rewards badges: awarded in the month, not taken back at its close; later changes are late money."""

import json
from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from earning import assign, close, lines, sign_up
from factories import actor_of
from recognised import award_badge, badges, operator, recognise
from sqlalchemy import select

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.incentives.computation.estimates import estimate_for
from portal.incentives.models import StatementLine
from portal.incentives.queries.statements import list_evidence
from portal.incentives.services.plans import load_plan
from portal.months.queries.digests import digest_file
from portal.points.models import LateMark
from portal.signups.services.decide import withdraw_signup
from portal.verification.queries import list_findings

PLAN = {
    "code": "lencana",
    "name": "Lencana",
    "valid_from": "2026-08",
    "recognition": "receipt",
    "components": [{"component": "badge_bonus", "amounts": {"signups-1": 40_000, "challenge-care": 25_000}}],
}
OCTOBER = datetime(2026, 10, 20, 5, 0, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@pytest.fixture
def cast(app):
    people = make_cast()
    with transaction():
        load_plan(document=json.loads(json.dumps(PLAN)), by=operator(), approved=True)
    assign(people.palembang, "lencana")
    recognise(OCTOBER)
    return people


def bonus(cadre, month):
    return [line[1:] for line in lines(cadre, month) if line[0] == "badge_bonus"]


def defraud(cast, row, at):
    by = Signature(actor_of(cast.vera), at)
    with transaction():
        withdraw_signup(signup_id=row.id, kind="fraud", reason="Terbukti dibuat-buat", by=by)
    recognise(at)


def test_a_badge_of_the_month_is_paid_with_its_evidence_and_nothing_else(cast):
    sign_up(cast.marlina, 1, on=date(2026, 10, 12), at=OCTOBER)
    recognise(OCTOBER)
    assert [one.line.amount for one in estimate_for(cast.marlina.id, "2026-10").lines] == [40_000]
    closed = close("2026-10", at=NOVEMBER)

    assert bonus(cast.marlina, "2026-10") == [("2026-10", "signups-1", None, "40000", 1, 40_000)]
    line = db.session.scalars(select(StatementLine).where(StatementLine.component == "badge_bonus")).one()
    assert [(one.kind, one.code, one.day) for one in list_evidence(line.id)] == [
        ("badge", "signups-1", date(2026, 10, 20))
    ]
    assert digest_file("2026-10").hexdigest() == closed.digest
    assert list_findings() == []


def test_the_same_awards_give_the_same_digest_on_both_databases(cast, request):
    for cadre in (cast.marlina, cast.herman):
        sign_up(cadre, 1, on=date(2026, 10, 12), at=OCTOBER, ref=f"D-{cadre.code}")
    recognise(OCTOBER)
    digest = close("2026-10", at=NOVEMBER).digest
    known = request.config.stash.setdefault(KNOWN, digest)
    assert known == digest


KNOWN = pytest.StashKey[str]()


def test_a_badge_taken_back_before_the_close_pays_nothing(cast):
    (row,) = sign_up(cast.marlina, 1, on=date(2026, 10, 12), at=OCTOBER)
    recognise(OCTOBER)
    defraud(cast, row, OCTOBER)
    close("2026-10", at=NOVEMBER)
    assert bonus(cast.marlina, "2026-10") == []
    assert list_findings() == []


def test_a_badge_taken_back_later_is_a_late_difference_and_the_closed_month_stays(cast):
    (row,) = sign_up(cast.marlina, 1, on=date(2026, 10, 12), at=OCTOBER)
    recognise(OCTOBER)
    close("2026-10", at=NOVEMBER)
    defraud(cast, row, NOVEMBER)
    assert badges(cast.marlina) == []
    assert (cast.marlina.id, "2026-10") in {
        (mark.cadre_id, mark.month) for mark in db.session.scalars(select(LateMark))
    }
    assert list_findings() == []
    close("2026-11")

    assert bonus(cast.marlina, "2026-10") == [("2026-10", "signups-1", None, "40000", 1, 40_000)]
    assert bonus(cast.marlina, "2026-11") == [("2026-10", "signups-1", None, "40000", 0, -40_000)]
    assert list_findings() == []


def test_a_cadre_with_nothing_but_a_badge_has_a_statement(cast):
    with transaction():
        award_badge(
            cadre_id=cast.herman.id, code="challenge-care", evidence=[], value=1, by=operator(OCTOBER)
        )
    sign_up(cast.yosef, 1, on=date(2026, 10, 12), at=OCTOBER)
    recognise(OCTOBER)
    close("2026-10", at=NOVEMBER)
    assert bonus(cast.herman, "2026-10") == [("2026-10", "challenge-care", None, "25000", 1, 25_000)]
    assert bonus(cast.yosef, "2026-10") == []  # another branch has no plan
    assert list_findings() == []


def test_a_plan_without_badges_pays_none(cast):
    assign(cast.palembang, "kader-penggerak", "2026-08")
    sign_up(cast.marlina, 1, on=date(2026, 10, 12), at=OCTOBER)
    recognise(OCTOBER)
    close("2026-10", at=NOVEMBER)
    assert bonus(cast.marlina, "2026-10") == []
