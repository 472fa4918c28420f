"""Extract rows that disagree with what is stored, or with each other (rules.md 5.2)."""

from datetime import date

import pytest
from extracts import AT, act, again, apply, entries, everything, make_nik, participant, row, siti, validator
from sqlalchemy import select

from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.membership.models import Contribution, ContributionConflict
from portal.membership.services.conflicts import decide_conflict
from portal.points.models import LateMark, Month

WHY = "Sesuai bukti bayar"
LATER = date(2026, 11, 1)


def conflicts(status="open"):
    query = select(ContributionConflict).where(ContributionConflict.status == status)
    query = query.order_by(ContributionConflict.new_amount, ContributionConflict.id)
    return list(db.session.execute(query.execution_options(populate_existing=True)).scalars())


def stored():
    query = select(Contribution).order_by(Contribution.blth).execution_options(populate_existing=True)
    rows = db.session.execute(query).scalars()
    return [(one.blth, one.amount, one.paid_on.day, one.payer_type, one.pack, one.number) for one in rows]


def decide(conflict, *, accept=True):
    with transaction():
        decide_conflict(conflict_id=conflict.id, accept=accept, reason=WHY, by=Signature(validator(), AT))


def test_a_row_that_differs_only_in_its_payer_is_a_conflict(app):
    apply(row())

    result = apply(row(payer="donatur"), as_of=LATER)

    assert (result.counts["conflicts"], result.counts["contributions_same"]) == (1, 0)
    assert [one.new_payer_type for one in conflicts()] == ["donatur"]
    assert stored() == [("2026-10", 16800, 12, "mandiri", "JKK,JKM", None)]


def test_the_decision_takes_the_whole_row_payer_and_pack_included(app):
    siti()
    apply(row())
    apply(row(amount=36800, paid="2026-10-13", payer="pemerintah", pack="JKK,JKM,JHT"), as_of=LATER)

    decide(conflicts()[0])

    assert stored() == [("2026-10", 36800, 13, "pemerintah", "JKK,JKM,JHT", 1)]
    replaced = conflicts("dismissed")[0]
    kept = (replaced.new_amount, replaced.new_paid_on, replaced.new_payer_type, replaced.new_pack)
    assert kept == (16800, date(2026, 10, 12), "mandiri", "JKK,JKM")
    assert apply(row(), as_of=LATER).counts["conflicts_new"] == 0


def test_a_taken_payer_has_its_closed_month_computed_anew(app):
    signup = siti()
    apply(row())
    apply(row(payer="donatur"), as_of=LATER)
    with transaction():
        db.session.merge(Month(month="2026-10", status="closed", closed_at=AT, digest="d"))

    decide(conflicts()[0])

    marks = db.session.execute(select(LateMark)).scalars()
    assert [(one.cadre_id, one.month) for one in marks] == [(signup.cadre_id, "2026-10")]


def test_two_rows_of_one_key_with_other_values_are_both_listed_and_neither_is_stored(app):
    signup = siti()

    result = apply(row(amount=16800), row(amount=20000), row(nik=make_nik(serial=77), kpj=""))

    assert result.counts["contributions_new"] == 1
    assert [(one.new_amount, one.blth) for one in conflicts()] == [(16800, "2026-10"), (20000, "2026-10")]
    assert participant().last_paid_month is None
    assert (participant().status, again(signup).status, entries()) == ("lapsed", "matched", [])


@pytest.mark.parametrize("other", [{"payer": "donatur"}, {"pack": "JKK,JKM,JHT"}, {"paid": "2026-10-13"}])
def test_any_other_value_of_one_key_in_one_file_leaves_both_to_a_person(app, other):
    apply(row(), row(**other))

    assert stored() == []
    assert len(conflicts()) == 2


def test_the_row_that_a_person_takes_of_two_is_stored_and_the_other_dismissed(app):
    signup = siti()
    apply(row(amount=16800), row(amount=20000, payer="donatur"))

    decide(conflicts()[1])

    assert stored() == [("2026-10", 20000, 12, "donatur", "JKK,JKM", None)]
    assert ([one.new_amount for one in conflicts("dismissed")], conflicts()) == ([16800], [])
    assert (participant().last_paid_month, participant().status) == ("2026-10", "active")
    apply(row(amount=16800), row(amount=20000, payer="donatur"))
    assert again(signup).status == "validated"
    assert conflicts() == []


def test_the_other_of_two_cannot_be_taken_any_more(app):
    apply(row(amount=16800), row(amount=20000))
    first, second = conflicts()
    decide(first)

    with pytest.raises(RuleBroken, match="conflict_decided"):
        decide(second)


def test_while_two_rows_wait_a_later_file_stores_none_of_that_month(app):
    apply(row(amount=16800), row(amount=20000))

    apply(row(amount=16800), as_of=LATER)

    assert stored() == []
    assert len(conflicts()) == 2


def test_once_both_are_dismissed_a_later_file_with_one_row_is_stored(app):
    apply(row(amount=16800), row(amount=20000))
    for one in conflicts():
        decide(one, accept=False)

    apply(row(amount=16800), as_of=LATER)

    assert [one[1] for one in stored()] == [16800]


def test_the_same_file_with_two_rows_again_changes_nothing(app):
    rows = (row(amount=16800), row(amount=20000), row(blth="2026-11"))
    apply(*rows)
    before = everything()

    assert apply(*rows).nothing_new
    assert everything() == before


def test_two_rows_beside_a_stored_one_list_what_differs_from_it(app):
    apply(row(amount=16800))

    apply(row(amount=16800), row(amount=20000), as_of=LATER)

    assert [one.new_amount for one in conflicts()] == [20000]
    assert [one[1] for one in stored()] == [16800]


def conflict():
    apply(row())
    apply(row(amount=20000, paid="2026-10-15"), as_of=date(2026, 11, 1))
    return db.session.execute(select(ContributionConflict)).scalar_one()


def test_an_accepted_conflict_changes_the_contribution_and_its_month_is_computed_anew(app):
    signup = siti()
    found = conflict()
    with transaction():
        db.session.merge(Month(month="2026-10", status="closed", closed_at=AT, digest="d"))

    act(decide_conflict, conflict_id=found.id, accept=True, reason=WHY)

    stored = db.session.execute(select(Contribution)).scalar_one()
    assert (stored.amount, stored.paid_on, stored.earned_on) == (
        20000,
        date(2026, 10, 15),
        date(2026, 10, 15),
    )
    assert db.session.execute(select(LateMark)).scalar_one().cadre_id == signup.cadre_id


def test_after_an_accepted_conflict_the_older_file_again_opens_nothing(app):
    found = conflict()
    act(decide_conflict, conflict_id=found.id, accept=True, reason=WHY)

    result = apply(row())

    assert result.counts["conflicts_new"] == 0


def test_a_dismissed_conflict_stays_dismissed(app):
    found = conflict()
    act(decide_conflict, conflict_id=found.id, accept=False, reason=WHY)
    before = everything()

    apply(row(amount=20000, paid="2026-10-15"), as_of=date(2026, 11, 1))

    assert everything() == before
    with pytest.raises(RuleBroken, match="conflict_decided"):
        act(decide_conflict, conflict_id=found.id, accept=True, reason=WHY)
