"""Inactive cadres: whom the portal proposes, what the two decisions do, and the way back."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from cast import make_cast
from databases import NOW
from earning import close, pay, sign_up
from factories import make_cadre
from signing_in import post, sign_in
from sqlalchemy import select, update

from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.cadres.services.cadres import change_status
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.months import month_range
from portal.inactivity.models import InactivityProposal
from portal.inactivity.queries import count_proposals, list_proposals
from portal.inactivity.services import keep_active, propose_inactive, suspend_inactive
from portal.membership.models import Contribution

LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def cast(app):
    """The cast, registered in January; of them Marlina brought somebody in October, which is closed."""
    found = make_cast()
    db.session.execute(update(Cadre).values(created_at=LONG_AGO))
    db.session.commit()
    sign_up(found.marlina, 1, on=date(2026, 7, 20))
    sign_up(found.marlina, 1, on=date(2026, 10, 20))
    for month in month_range("2026-07", "2026-10"):
        close(month, at=NOW)
    return found


def propose(at=NOW) -> int:
    with transaction():
        return propose_inactive(at=at)


def proposed(cast) -> set[str]:
    return {one.name for one in list_proposals(cast.actor("agus"))}


def decide(service, cast, who="fahmi", cadre="herman", reason="tiga bulan diam", at=NOW) -> None:
    with transaction():
        service(
            proposal_id=db.session.scalars(
                select(InactivityProposal.id).where(InactivityProposal.cadre_id == getattr(cast, cadre).id)
            ).first(),
            reason=reason,
            by=Signature(cast.actor(who), at),
        )


def test_who_brought_nobody_for_three_closed_months_is_proposed_once(cast):
    assert propose() > 0
    assert "Herman" in "".join(proposed(cast))
    assert not any("Marlina" in name for name in proposed(cast))
    assert propose() == 0


def test_a_contribution_received_is_work_too(cast):
    pay(cast.herman, 36_800, paid_on=date(2026, 9, 3))
    propose()
    assert not any("Herman" in name for name in proposed(cast))


def test_a_contribution_beyond_the_last_that_earns_is_work_all_the_same(cast):
    pay(cast.herman, 36_800, paid_on=date(2026, 9, 3), number=61)
    db.session.execute(
        update(Contribution).where(Contribution.number == 61).values(earned_on=None, earned_month=None)
    )
    db.session.commit()

    propose()

    assert not any("Herman" in name for name in proposed(cast))


def test_work_in_the_open_month_counts_already(cast):
    sign_up(cast.herman, 1, on=date(2026, 11, 3))
    propose()
    assert not any("Herman" in name for name in proposed(cast))


def test_a_proposal_ends_when_the_cadre_is_at_work_again(cast):
    propose()
    before = count_proposals(cast.actor("agus"))
    sign_up(cast.herman, 1, on=date(2026, 11, 3))
    propose()
    assert count_proposals(cast.actor("agus")) == before - 1


def test_who_came_after_the_months_began_is_left_in_peace(cast):
    make_cadre(name="Baru Datang", branch_id=cast.palembang.id, created_at=datetime(2026, 8, 2, tzinfo=UTC))
    propose()
    assert "Baru Datang" not in proposed(cast)


def test_before_any_close_nobody_is_proposed(app):
    make_cast()
    assert propose() == 0


def test_suspending_is_recorded_and_the_way_back_opens_after_six_months(cast):
    propose()
    decide(suspend_inactive, cast)
    herman = db.session.get(Cadre, cast.herman.id)
    assert (herman.status, herman.returns_from) == ("suspended", "2027-05")
    acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.reason == "tiga bulan diam")).all()
    assert sorted(acts) == ["cadre.status_changed", "inactivity.suspended"]

    def reinstate(who: str, at: datetime) -> None:
        with transaction():
            change_status(
                cadre_id=herman.id,
                act="reinstate",
                reason="siap bekerja",
                version_seen=db.session.get(Cadre, herman.id).version,
                by=Signature(cast.actor(who), at),
            )

    with pytest.raises(RuleBroken, match="returns_later"):
        reinstate("fahmi", NOW + timedelta(days=100))
    reinstate("fahmi", datetime(2027, 5, 1, 5, tzinfo=UTC))
    db.session.expire_all()
    assert (herman.status, herman.returns_from, herman.active_since) == ("active", None, date(2027, 5, 1))


def test_an_admin_may_take_back_earlier(cast):
    propose()
    decide(suspend_inactive, cast)
    with transaction():
        change_status(
            cadre_id=cast.herman.id,
            act="reinstate",
            reason="ekstrak terlambat",
            version_seen=db.session.get(Cadre, cast.herman.id).version,
            by=Signature(cast.actor("ratna"), NOW),
        )
    assert db.session.get(Cadre, cast.herman.id).status == "active"
    assert propose() == 0, "who has just come back has not been idle"


def test_keeping_active_is_not_proposed_again_for_as_many_months(cast):
    propose()
    decide(keep_active, cast, reason="sedang sakit")
    assert db.session.get(Cadre, cast.herman.id).status == "active"
    propose()
    assert not any("Herman" in name for name in proposed(cast))
    for month in ("2026-11", "2026-12"):
        close(month, at=datetime(2027, 2, 20, tzinfo=UTC))
    propose()
    assert not any("Herman" in name for name in proposed(cast))
    close("2027-01", at=datetime(2027, 2, 20, tzinfo=UTC))
    propose()
    assert any("Herman" in name for name in proposed(cast))


def test_of_two_decisions_the_second_is_told_so(cast):
    propose()
    decide(keep_active, cast)
    with pytest.raises(RuleBroken, match="decided"):
        decide(suspend_inactive, cast)
    assert db.session.get(Cadre, cast.herman.id).status == "active"


def test_a_supervisor_decides_in_the_own_branch_only(cast):
    propose()
    with pytest.raises(NotFound):
        decide(suspend_inactive, cast, who="fahmi", cadre="yosef")


def test_a_decision_needs_a_reason(cast):
    propose()
    with pytest.raises(RuleBroken, match="reason_needed"):
        decide(suspend_inactive, cast, reason="  ")


def test_the_page_lists_decides_and_says_what_is_missing(client, cast):
    propose()
    sign_in(client, cast.fahmi)
    page = client.get("/inactive").text
    number = db.session.scalars(
        select(InactivityProposal.id).where(InactivityProposal.cadre_id == cast.herman.id)
    ).one()
    assert f"/inactive/{number}/suspend" in page
    assert (
        "Tulis alasannya"
        in post(client, f"/inactive/{number}/keep", {"reason": "x"}, follow_redirects=True).text
    )
    assert (
        "tetap aktif"
        in post(client, f"/inactive/{number}/keep", {"reason": "sedang panen"}, follow_redirects=True).text
    )
    assert f"/inactive/{number}/suspend" not in client.get("/inactive").text


@pytest.mark.slow
def test_of_random_cadres_those_without_work_are_proposed_and_nobody_else(cast):
    """The statement against the rule written down plainly, for fifty cadres."""
    chance = random.Random(7)
    expected = set()
    for number in range(50):
        since = chance.choice([None, date(2026, 7, 31), date(2026, 8, 1), date(2026, 10, 5)])
        cadre = make_cadre(
            name=f"Kader {number}",
            branch_id=cast.palembang.id,
            created_at=chance.choice([LONG_AGO, datetime(2026, 8, 1, 1, tzinfo=UTC)]),
            active_since=since,
            status=chance.choice(["active", "active", "active", "suspended", "candidate"]),
        )
        work = chance.choice([None, None, date(2026, 7, 31), date(2026, 8, 1), date(2026, 11, 2)])
        if work and chance.random() < 0.5:
            pay(cadre, 16_800, paid_on=work)
        elif work:
            sign_up(cadre, 1, on=work, outcome=(outcome := chance.choice(["new", "reactivated"])))
            work = work if outcome == "new" else None
        was_there = cadre.created_at < datetime(2026, 8, 1, tzinfo=UTC) and (since or date.min) < date(
            2026, 8, 1
        )
        if cadre.status == "active" and was_there and (work or date.min) < date(2026, 8, 1):
            expected.add(cadre.name)
    propose()
    assert {name for name in proposed(cast) if name.startswith("Kader ")} == expected
    assert 5 < len(expected) < 40
