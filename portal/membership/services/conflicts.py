"""Extract rows that wait for a person, and the decision on them: a row counts as a whole (rules.md 5.2)."""

from typing import Any

from sqlalchemy import insert, select, update

from portal import audit
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.names import check_reason
from portal.membership.models import Contribution, ContributionConflict, Participant
from portal.membership.services.numbering import mark_counted, number_participant
from portal.membership.services.settling import refresh_live_signups
from portal.membership.services.storing import refresh_participant

_STORED = ("amount", "paid_on", "payer_type", "pack")


def decide_conflict(*, conflict_id: int, accept: bool, reason: str, by: Signature) -> None:
    """Replace the stored contribution by the whole row of an extract, or dismiss the row, with a reason.

    A replaced row is kept as a dismissed conflict, so that the older file brings up no new one. Of rows that one
    file brought for the same month only one can be taken: the others are dismissed with it.
    """
    why = check_reason(reason, "signups.reason_missing")
    conflict = _lock(conflict_id)
    if conflict.status != "open":
        raise RuleBroken("membership.conflict_decided")
    if accept:
        _take_row(conflict, reason=why, by=by)
        _close(conflict, "accepted", reason=why, by=by)
        refresh_participant(conflict.participant_id)
        number_participant(participant_id=conflict.participant_id, by=by)
        refresh_live_signups(by=by)
    else:
        _close(conflict, "dismissed", reason=why, by=by)
    act = "conflict.accepted" if accept else "conflict.dismissed"
    audit.record(by=by, act=act, subject=("conflict", conflict_id), reason=why)


def _lock(conflict_id: int) -> ContributionConflict:
    """Lock a conflict after its participant, so that two rows of one month are decided one after the other."""
    k = ContributionConflict
    person = select(k.participant_id).where(k.id == conflict_id).scalar_subquery()
    db.session.execute(select(Participant.id).where(Participant.id == person).with_for_update())
    query = select(k).where(k.id == conflict_id).with_for_update()
    conflict = db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if conflict is None:
        raise NotFound("membership.no_such_conflict")
    return conflict


def _close(conflict: ContributionConflict, status: str, *, reason: str, by: Signature) -> None:
    conflict.status, conflict.reason = status, reason
    conflict.decided_by, conflict.decided_at = by.actor.user_id, by.at
    db.session.flush()


def _take_row(conflict: ContributionConflict, *, reason: str, by: Signature) -> None:
    """Store the row's values; a closed month that counted the replaced ones is computed again."""
    c, k = Contribution, ContributionConflict
    key = (c.participant_id == conflict.participant_id, c.blth == conflict.blth)
    stored = db.session.execute(select(c).where(*key)).scalar_one_or_none()
    values = {name: getattr(conflict, f"new_{name}") for name in _STORED}
    if stored is None:
        row = {"participant_id": conflict.participant_id, "blth": conflict.blth}
        db.session.execute(insert(c).values(**row, **values, import_id=conflict.import_id))
    else:
        _keep_replaced(stored, reason=reason, by=by)
        mark_counted(stored, at=by.at)
        for name, value in values.items():
            setattr(stored, name, value)
        stored.import_id = conflict.import_id
    db.session.flush()
    change(
        update(k)
        .where(k.participant_id == conflict.participant_id, k.blth == conflict.blth)
        .where(k.import_id == conflict.import_id, k.id != conflict.id, k.status == "open")
        .values(status="dismissed", decided_by=by.actor.user_id, decided_at=by.at, reason=reason)
    )


def _keep_replaced(stored: Contribution, *, reason: str, by: Signature) -> None:
    k = ContributionConflict
    row: dict[str, Any] = {"participant_id": stored.participant_id, "blth": stored.blth}
    row |= {f"new_{name}": getattr(stored, name) for name in _STORED}
    decided = {"status": "dismissed", "decided_by": by.actor.user_id, "decided_at": by.at, "reason": reason}
    known = db.session.execute(select(k.id).filter_by(**row)).scalar_one_or_none()
    if known is None:
        db.session.execute(insert(k).values(**row, **decided, import_id=stored.import_id))
    else:
        db.session.execute(update(k).where(k.id == known).values(**decided))
