"""Which sign-ups are live, that is, hold their NIK (rules.md 2).

Refreshed when an extract is applied, and after validations and withdrawals.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update
from sqlalchemy.orm import aliased

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.states import LIVE
from portal.signups.models import SignUp
from portal.signups.services.changing import Change, apply_changes


def refresh_liveness(*, credited: Select[Any], by: Signature) -> int:
    """Refresh liveness; return how many became disputed because a second claim became live.

    `credited`: ids of the validated sign-ups whose participant is active or in grace and counts for them. A sign-up
    stays not live if a later validated one of the participant has taken over.
    """
    alive = or_(SignUp.status.in_(LIVE), and_(SignUp.status == "validated", SignUp.id.in_(credited)))
    change(update(SignUp).where(SignUp.is_live, ~alive).values(is_live=False))
    to_revive = and_(~SignUp.is_live, alive)
    _revive_uncontested(to_revive)
    waiting = db.session.execute(
        select(SignUp.id, SignUp.status, SignUp.version, SignUp.nik_hash, Cadre.branch_id)
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .where(to_revive)
        .order_by(SignUp.reported_on, SignUp.id),
    ).all()
    return sum(_revive(row, by=by) for row in waiting)


def _revive_uncontested(to_revive: ColumnElement[bool]) -> None:
    """Make live all sign-ups whose NIK nobody else holds, in one statement."""
    other = aliased(SignUp)
    held = select(other.id).where(
        other.nik_hash == SignUp.nik_hash, other.id != SignUp.id, other.is_live, other.status != "disputed"
    )
    only = (
        select(func.min(SignUp.id))
        .where(to_revive)
        .group_by(SignUp.nik_hash)
        .having(func.count(SignUp.id) == 1)
    )
    chosen = select(SignUp.id).where(SignUp.id.in_(only), ~held.exists())
    change(update(SignUp).where(SignUp.id.in_(chosen)).values(is_live=True))


def _rivals(nik_hash: bytes) -> Sequence[Row[Any]]:
    return db.session.execute(
        select(SignUp.id, SignUp.status, SignUp.version, SignUp.held_reason, Cadre.branch_id)
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .where(SignUp.nik_hash == nik_hash, SignUp.is_live, SignUp.status != "disputed"),
    ).all()


def _revive(row: Row[Any], *, by: Signature) -> int:
    """Make a sign-up live whose NIK another may hold; return how many became disputed.

    If a rival already holds the NIK, the undecided sign-up becomes disputed; a validated one never does. Exception:
    if the rival is matched and ready to confirm, it is the same worker's return. Then it keeps the NIK and the older
    one stays not live.
    """
    rivals = _rivals(row.nik_hash)
    changes: list[Change] = []
    if not rivals:
        changes.append(_change(row, None, is_live=True))
    elif row.status == "validated":
        rival_keeps = any(
            rival.status == "validated" or (rival.status == "matched" and rival.held_reason is None)
            for rival in rivals
        )
        if rival_keeps:
            return 0
        changes += [_change(rival, "signup.disputed", status="disputed") for rival in rivals]
        apply_changes(changes, by=by)
        apply_changes([_change(row, None, is_live=True)], by=by)
        return len(changes)
    else:
        changes.append(_change(row, "signup.disputed", status="disputed", is_live=True))
    apply_changes(changes, by=by)
    return sum(change.act is not None for change in changes)


def _change(row: Row[Any], act: str | None, **values: object) -> Change:
    reason = "second_claim" if act else None
    return Change(row.id, row.version, row.branch_id, act, reason, dict(values))
