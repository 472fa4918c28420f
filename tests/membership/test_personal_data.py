"""A whole NIK is shown for a purpose, and rows of people without a sign-up are deleted (rules.md 9.1, 9.3)."""

from datetime import timedelta

import pytest
from extracts import AT, NIK, act, apply, make_nik, participant, row, siti, validator
from sqlalchemy import select

from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.errors import RuleBroken
from portal.signups.services.report import reveal_nik


def test_a_whole_nik_is_shown_for_a_purpose_and_audited(app):
    signup = siti()

    assert act(reveal_nik, signup_id=signup.id, purpose="mencocokkan kartu keluarga") == NIK

    event = db.session.execute(select(AuditEvent).where(AuditEvent.act == "signup.nik_revealed")).scalar_one()
    assert NIK not in f"{event.details}{event.reason}"


def test_nobody_sees_more_than_a_hundred_niks_a_day(app):
    signup, actor = siti(), validator()
    with transaction():
        for _ in range(100):
            db.session.add(
                AuditEvent(
                    at=AT - timedelta(hours=1), actor_id=actor.user_id, actor_role="validator",
                    act="signup.nik_revealed", subject_kind="signup", subject_id="1",
                )
            )  # fmt: skip

    with pytest.raises(RuleBroken, match="reveal_cap"):
        act(reveal_nik, signup_id=signup.id, purpose="mencocokkan kartu keluarga")


def test_rows_of_people_without_a_sign_up_are_deleted_after_six_months(app):
    from portal.membership.services.retention import delete_old_rows

    siti()
    apply(row(), row(nik=make_nik(serial=88), kpj=""))

    with transaction():
        assert delete_old_rows(at=AT + timedelta(days=170)) == 0
    with transaction():
        assert delete_old_rows(at=AT + timedelta(days=190)) == 2

    assert participant() is not None
    assert participant(make_nik(serial=88)) is None
