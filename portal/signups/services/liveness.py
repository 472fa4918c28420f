"""Which sign-ups are live, that is, hold their NIK (rules.md 2).

Refreshed when an extract is applied, and after validations and withdrawals.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.states import LIVE, UNDECIDED
from portal.signups.models import SignUp
from portal.signups.services.changing import Change, apply_changes

TRIES: Final = 5


class OvertakenError(Exception):
    """Somebody claimed a NIK between the look at its rivals and the writing."""


def refresh_liveness(*, credited: Select[Any], by: Signature) -> int:
    """Refresh liveness; return how many became disputed because a second claim became live.

    `credited`: ids of the validated sign-ups whose participant is active or in grace and counts for them. A sign-up
    stays not live if a later validated one of the participant has taken over.

    Who reports one of these workers at the same moment may come in between, which PostgreSQL shows in two ways: the
    index of live NIKs refuses the row, or another claim is there afterwards. Then it is done again.
    """
    alive = or_(SignUp.status.in_(LIVE), and_(SignUp.status == "validated", SignUp.id.in_(credited)))
    change(update(SignUp).where(SignUp.is_live, ~alive).values(is_live=False))
    to_revive = and_(~SignUp.is_live, alive)
    if db.session.get_bind().dialect.name == "sqlite":
        return _revive_all(to_revive, by=by)
    for _ in range(TRIES):
        with suppress(IntegrityError, OvertakenError), db.session.begin_nested():
            ids = db.session.execute(select(SignUp.id).where(to_revive)).scalars().all()
            disputed = _revive_all(to_revive, by=by)
            if _is_overtaken(ids):
                raise OvertakenError
            return disputed
    raise RuleBroken("signups.busy")


def _is_overtaken(ids: Sequence[int]) -> bool:
    """Tell whether one of these is live, undecided and undisputed beside another live claim."""
    other = aliased(SignUp)
    rival = select(other.id).where(other.nik_hash == SignUp.nik_hash, other.id != SignUp.id, other.is_live)
    alone = (SignUp.is_live, SignUp.status.in_(UNDECIDED), rival.exists())
    query = select(SignUp.id).where(bulk.one_of(SignUp.id, ids), *alone)
    return db.session.execute(query.limit(1)).first() is not None


def _revive_all(to_revive: ColumnElement[bool], *, by: Signature) -> int:
    _revive_uncontested(to_revive)
    waiting = db.session.execute(
        select(SignUp.id, SignUp.status, SignUp.version, SignUp.nik_hash, Cadre.branch_id)
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .where(to_revive)
        .order_by(SignUp.reported_on, SignUp.id),
    ).all()
    return sum(_revive(row, by=by) for row in waiting)


def _revive_uncontested(to_revive: ColumnElement[bool]) -> None:
    """Make live all sign-ups whose NIK nobody else claims, in one statement."""
    other = aliased(SignUp)
    held = select(other.id).where(other.nik_hash == SignUp.nik_hash, other.id != SignUp.id, other.is_live)
    only = (
        select(func.min(SignUp.id))
        .where(to_revive)
        .group_by(SignUp.nik_hash)
        .having(func.count(SignUp.id) == 1)
    )
    chosen = select(SignUp.id).where(SignUp.id.in_(only), ~held.exists())
    change(update(SignUp).where(SignUp.id.in_(chosen)).values(is_live=True))


def _rivals(row: Row[Any]) -> Sequence[Row[Any]]:
    return db.session.execute(
        select(SignUp.id, SignUp.status, SignUp.version, SignUp.held_reason, Cadre.branch_id)
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .where(SignUp.nik_hash == row.nik_hash, SignUp.id != row.id, SignUp.is_live),
    ).all()


def _revive(row: Row[Any], *, by: Signature) -> int:
    """Make a sign-up live whose NIK another may claim; return how many became disputed.

    If others claim the NIK, the undecided sign-up becomes disputed, whether they are in dispute or not; a validated one
    never does. Exception: if the rival is matched and ready to confirm, it is the same worker's return. Then it keeps
    the NIK and the older one stays not live.
    """
    rivals = _rivals(row)
    holders = [rival for rival in rivals if rival.status != "disputed"]
    changes: list[Change] = []
    if not (rivals if row.status in UNDECIDED else holders):
        changes.append(_change(row, None, is_live=True))
    elif row.status == "validated":
        rival_keeps = any(
            rival.status == "validated" or (rival.status == "matched" and rival.held_reason is None)
            for rival in holders
        )
        if rival_keeps:
            return 0
        changes += [_change(rival, "signup.disputed", status="disputed") for rival in holders]
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
