"""Choosing the league, or not: a cadre's own act, which holds from the next season on (rules.md 11.5)."""

from sqlalchemy import update

from portal import audit
from portal.contests.models import LeagueChoice
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed


def join_league(*, by: Signature) -> bool:
    """Take part from the next season on; False if that is chosen already."""
    cadre_id = _own(by)
    chosen = {"joined_at": by.at, "left_at": None}
    entry = insert_into(LeagueChoice).values(cadre_id=cadre_id, **chosen)
    left = LeagueChoice.__table__.c.left_at.is_not(None)
    entry = entry.on_conflict_do_update(index_elements=["cadre_id"], set_=chosen, where=left)
    if db.session.execute(entry.returning(LeagueChoice.__table__.c.cadre_id)).first() is None:
        return False
    _record("joined", cadre_id, by=by)
    return True


def leave_league(*, by: Signature) -> bool:
    """Take part no longer from the next season on, and without a name until then; False if nothing is to be left."""
    cadre_id = _own(by)
    chosen = update(LeagueChoice).where(LeagueChoice.cadre_id == cadre_id, LeagueChoice.left_at.is_(None))
    if change(chosen.values(left_at=by.at)).rowcount == 0:
        return False
    _record("left", cadre_id, by=by)
    return True


def _own(by: Signature) -> int:
    if by.actor.cadre_id is None:
        raise NotAllowed("contests.cadres_only")
    return by.actor.cadre_id


def _record(what: str, cadre_id: int, *, by: Signature) -> None:
    subject = audit.Subject("cadre", cadre_id, by.actor.branch_id)
    audit.record(by=by, act=f"league.{what}", subject=subject)
