"""Deciding on money takes a second person, whom the first did not make (rules.md 8.5)."""

import pytest
from factories import LONG_AGO
from paying import DAY, NOW, approve, change_account, make_account, prepare, reject, status_of, verify
from sqlalchemy import update

from portal.accounts.models import User
from portal.cadres.queries.bank_accounts import find_account
from portal.database.extensions import db
from portal.domain.errors import NotAllowed, RuleBroken


def made_by(who, by: User, at=NOW - DAY) -> None:
    """Set by whom and when an account was made."""
    db.session.execute(
        update(User)
        .where(User.id == (getattr(who, "user_id", None) or who.id))
        .values(made_by=by.id, created_at=at),
    )
    db.session.commit()


@pytest.mark.parametrize("decide", [approve, reject])
def test_who_made_an_officer_does_not_decide_on_what_that_officer_prepares(cast, statements, decide):
    made_by(cast.farah, cast.omar)
    batch_id = prepare(cast).id

    with pytest.raises(RuleBroken, match=r"second_person\.same_hands"):
        decide(cast, batch_id)


@pytest.mark.parametrize("decide", [approve, reject])
def test_two_officers_made_by_one_admin_do_not_pair_on_a_batch_for_30_days(cast, statements, decide):
    for officer in (cast.farah, cast.omar):
        made_by(officer, cast.ratna)
    batch_id = prepare(cast).id

    with pytest.raises(RuleBroken, match=r"second_person\.same_hands"):
        decide(cast, batch_id)
    assert status_of(statements, "K-HERMAN")[0] == "in_batch"

    approved = approve(cast, batch_id, at=NOW + 30 * DAY)
    assert approved.approved_by == cast.omar.id


def test_who_made_a_cadres_account_does_not_verify_what_it_enters(cast):
    made_by(cast.herman, cast.fahmi)
    make_account(cast.herman)

    with pytest.raises(RuleBroken, match=r"second_person\.same_hands"):
        verify(cast, cast.herman)
    verify(cast, cast.herman, by="farah")
    assert find_account(cast.herman.id).verified_by == cast.farah.id


def test_who_entered_an_account_still_does_not_verify_it(cast):
    change_account(cast, cast.herman, by="ratna", at=LONG_AGO)

    with pytest.raises(NotAllowed):
        verify(cast, cast.herman, by="ratna")
