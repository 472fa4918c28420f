"""Bank accounts: entered by one, verified by another; full numbers are shown for a purpose alone."""

import pytest
from cast import make_cast
from databases import NOW
from signing_in import post, sign_in
from sqlalchemy import select

from portal.audit import AuditEvent
from portal.cadres.models import BankAccount
from portal.cadres.queries.bank_accounts import find_account, is_verified
from portal.cadres.services.bank_accounts import enter_account, verify_account
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, NotFound, RuleBroken


@pytest.fixture
def cast(app):
    return make_cast()


def enter(cast, actor, account="0123 4567 4417"):
    with transaction():
        return enter_account(
            cadre_id=cast.marlina.id,
            bank_code="002",
            account=account,
            holder="MARLINA",
            by=Signature(cast.actor(actor), NOW),
        ).id


def verify(cast, actor, account_id):
    with transaction():
        verify_account(cadre_id=cast.marlina.id, account_id=account_id, by=Signature(cast.actor(actor), NOW))


def test_an_account_is_verified_by_another_than_who_entered_it(cast):
    number = enter(cast, "farah")
    assert not is_verified(find_account(cast.marlina.id))
    with pytest.raises(NotAllowed, match="own_entry"):
        verify(cast, "farah", number)
    with pytest.raises(NotAllowed, match="may_not_verify"):
        verify(cast, "vera", number)
    verify(cast, "omar", number)
    assert is_verified(find_account(cast.marlina.id))


def test_a_changed_account_is_unverified_and_the_same_one_is_not(cast):
    number = enter(cast, "marlina")
    verify(cast, "fahmi", number)
    assert enter(cast, "marlina", "012345674417") == number
    assert is_verified(find_account(cast.marlina.id))

    changed = enter(cast, "marlina", "999988887777")
    assert not is_verified(find_account(cast.marlina.id))
    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        verify(cast, "fahmi", number)
    verify(cast, "fahmi", changed)
    assert [row.is_current for row in db.session.scalars(select(BankAccount).order_by(BankAccount.id))] == [
        False,
        True,
    ]


def test_a_cadre_enters_only_the_own_account(cast):
    with pytest.raises(NotFound), transaction():
        enter_account(
            cadre_id=cast.herman.id,
            bank_code="002",
            account="123456789",
            holder="X",
            by=Signature(cast.actor("marlina"), NOW),
        )


def test_numbers_are_masked_and_a_reveal_is_audited_with_its_purpose(client, cast):
    enter(cast, "marlina")
    sign_in(client, cast.ratna)
    page = f"/cadres/{cast.marlina.id}"
    assert "••••4417" in client.get(page).text
    assert "012345674417" not in client.get(page).text

    assert post(client, f"{page}/reveal", {"number": "account", "purpose": "x"}).status_code == 302
    shown = post(client, f"{page}/reveal", {"number": "account", "purpose": "cocokkan buku tabungan"})
    assert "012345674417" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "number.revealed")).one()
    assert event.reason == "cocokkan buku tabungan"
    assert "4417" not in str(event.details)


def test_finance_sees_no_nik_whole(client, cast):
    sign_in(client, cast.farah)
    form = {"number": "nik", "purpose": "ingin tahu saja"}

    assert post(client, f"/cadres/{cast.marlina.id}/reveal", form).status_code == 403
