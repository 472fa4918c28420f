"""Leave: asked for by the cadre, decided by the branch, neutral for the streak (rules.md 11.2)."""

import threading
from datetime import date, timedelta

import pytest
from cast import make_cast
from factories import actor_of
from recognised import NOW, approved, progress, recognise
from sqlalchemy import select

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken
from portal.recognition.models import Leave
from portal.recognition.queries.leaves import list_asked, list_leaves
from portal.recognition.services.leaves import ask_leave, decide_leave, withdraw_leave

TODAY = date(2026, 11, 22)


@pytest.fixture
def cast(app):
    return make_cast()


def ask(cadre, first=0, days=3, *, reason="Menikahkan anak", at=NOW):
    begins = TODAY + timedelta(days=first)
    with transaction():
        leave = ask_leave(
            first_day=begins,
            last_day=begins + timedelta(days=days - 1),
            reason=reason,
            by=Signature(actor_of(cadre), at),
        )
        return leave.id


def decide(leave_id, who, *, approve=True, reason=""):
    with transaction():
        return decide_leave(
            leave_id=leave_id, approve=approve, reason=reason, by=Signature(actor_of(who), NOW)
        ).status


def refused(code, act, /, *arguments, **given):
    with pytest.raises(RuleBroken) as broken:
        act(*arguments, **given)
    assert broken.value.code == code
    db.session.rollback()


def test_a_leave_is_asked_for_and_granted_in_two_taps(cast):
    number = ask(cast.marlina)
    assert [row[0].id for row in list_asked(actor_of(cast.fahmi))] == [number]
    assert decide(number, cast.fahmi) == "approved"
    assert decide(number, cast.fahmi) == "approved"  # tapped twice
    assert list_asked(actor_of(cast.fahmi)) == []
    acts = db.session.scalars(
        select(AuditEvent.act).where(AuditEvent.act.like("leave.%")).order_by(AuditEvent.id)
    ).all()
    assert acts == ["leave.asked", "leave.approved"]


def test_an_approved_leave_makes_its_weeks_neutral_and_a_leave_that_waits_does_not(cast):
    approved(cast.marlina, cast.fahmi, date(2026, 11, 3))
    recognise()
    later = NOW + timedelta(weeks=6)
    number = ask(cast.marlina, first=1, days=60)
    recognise(later)
    assert progress(cast.marlina)[1] == 0
    decide(number, cast.fahmi)
    recognise(later)
    assert progress(cast.marlina)[1] == 1


@pytest.mark.parametrize(
    ("first", "days", "code"),
    [
        (0, 91, "recognition.leave_too_long"),
        (-15, 3, "recognition.leave_too_late"),
        (0, 0, "recognition.leave_ends_first"),
        (0, -400, "recognition.leave_ends_first"),
    ],
)
def test_a_leave_has_its_limits(cast, first, days, code):
    refused(code, ask, cast.marlina, first, days)


@pytest.mark.parametrize("reason", ["", "  ", "ab", "x" * 301, "a\x00bcd"])
def test_a_leave_needs_a_reason(cast, reason):
    with pytest.raises(RuleBroken):
        ask(cast.marlina, reason=reason)


def test_the_limits_themselves_are_allowed(cast):
    assert ask(cast.marlina, first=-14, days=90)


def test_the_same_leave_again_is_the_same_and_one_that_overlaps_is_refused(cast):
    number = ask(cast.marlina)
    assert ask(cast.marlina) == number
    refused("recognition.leave_overlaps", ask, cast.marlina, 2, 5)
    assert ask(cast.marlina, 3, 5) != number
    assert len(list_leaves(cast.marlina.id)) == 2
    assert ask(cast.herman)


def test_days_are_free_again_once_a_leave_is_refused_or_withdrawn(cast):
    first = ask(cast.marlina)
    refused("recognition.reason_needed", decide, first, cast.fahmi, approve=False)
    assert decide(first, cast.fahmi, approve=False, reason="Ada pelatihan") == "refused"
    second = ask(cast.marlina)
    with transaction():
        withdraw_leave(leave_id=second, by=Signature(actor_of(cast.marlina), NOW))
    assert ask(cast.marlina) not in {first, second}


def test_only_the_own_branch_decides_and_only_the_cadre_withdraws(cast):
    number = ask(cast.marlina)
    for stranger in (cast.debora, cast.yosef, cast.herman):
        with pytest.raises((NotFound, NotAllowed)):
            decide(number, stranger)
        db.session.rollback()
    with pytest.raises(NotAllowed):
        decide(number, cast.marlina)
    with pytest.raises(NotAllowed):
        withdraw_leave(leave_id=number, by=Signature(actor_of(cast.fahmi), NOW))
    with pytest.raises(NotFound):
        withdraw_leave(leave_id=number, by=Signature(actor_of(cast.herman), NOW))
    with pytest.raises(NotAllowed):
        ask_leave(first_day=TODAY, last_day=TODAY, reason="Sakit", by=Signature(actor_of(cast.fahmi), NOW))


def test_what_has_begun_or_is_decided_otherwise_stays(cast):
    begun, later = ask(cast.marlina), ask(cast.marlina, first=10)
    decide(begun, cast.fahmi)
    decide(later, cast.fahmi)
    by = Signature(actor_of(cast.marlina), NOW)
    refused("recognition.leave_decided", withdraw_leave, leave_id=begun, by=by)
    refused("recognition.leave_decided", decide, begun, cast.fahmi, approve=False, reason="Berubah")
    with transaction():
        assert withdraw_leave(leave_id=later, by=by).status == "withdrawn"
        assert withdraw_leave(leave_id=later, by=by).status == "withdrawn"


@pytest.mark.slow
def test_of_two_asked_for_at_once_one_is_refused_or_both_are_the_same(app, cast):
    found: list[object] = []
    cadre = actor_of(cast.marlina)
    db.session.rollback()

    def act(first: int) -> None:
        with app.app_context():
            try:
                with transaction():
                    days = (TODAY + timedelta(days=first), TODAY + timedelta(days=first + 4))
                    ask_leave(first_day=days[0], last_day=days[1], reason="Panen", by=Signature(cadre, NOW))
                found.append("asked")
            except RuleBroken as broken:
                found.append(broken.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=act, args=(first,)) for first in (0, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["asked", "recognition.leave_overlaps"]
    assert len(db.session.scalars(select(Leave)).all()) == 1
