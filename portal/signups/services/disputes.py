"""Leaving a dispute: a claim whose last rival no longer holds the NIK goes on by itself (rules.md 2)."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.claims import state_after_dispute
from portal.signups.models import SignUp
from portal.signups.services.changing import Change, apply_changes


def leave_disputes(*, by: Signature, nik_hashes: Collection[bytes] | None = None) -> int:
    """Let disputed sign-ups without a live rival go on: matched if a match is stored, else reported.

    Checks all of them, or those of some NIKs; returns how many left. A match held for a person stays held.
    """
    rival = aliased(SignUp)
    rivals = select(rival.id).where(
        rival.nik_hash == SignUp.nik_hash, rival.id != SignUp.id, rival.is_live.is_(True)
    )
    query = (
        select(SignUp.id, SignUp.version, SignUp.participant_id, SignUp.outcome, Cadre.branch_id)
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .where(SignUp.status == "disputed", SignUp.is_live, ~rivals.exists())
        .order_by(SignUp.id)
        .with_for_update(of=SignUp)
    )
    if nik_hashes is not None:
        query = query.where(SignUp.nik_hash.in_(nik_hashes))
    db.session.flush()
    changes = [
        Change(
            row.id,
            row.version,
            row.branch_id,
            "signup.dispute_left",
            "no_rival",
            {"status": state_after_dispute(row.participant_id, row.outcome)},
        )
        for row in db.session.execute(query).all()
    ]
    if changes:
        apply_changes(changes, by=by)
    return len(changes)
