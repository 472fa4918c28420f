"""Setting targets: how many new villages a cadre shall visit in a month."""

from sqlalchemy import select

from portal import audit
from portal.cadres.models import Cadre
from portal.cadres.queries.terms import zone_of
from portal.coverage.models import CadreTarget
from portal.database.extensions import db
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.months import add_months, local_date, month_of
from portal.organisation.queries import get_branch, in_scope


def set_target(*, cadre_id: int, month: str, villages: int, by: Signature) -> None:
    """Set the target of one cadre in scope for this month or the next one."""
    query = select(Cadre.id, Cadre.branch_id).where(Cadre.id == cadre_id, in_scope(by.actor, Cadre.branch_id))
    cadre = db.session.execute(query).one_or_none()
    if cadre is None:
        raise NotFound("people.no_such_cadre")
    _check_month(month, zone=zone_of(cadre.id), by=by)
    _put([cadre.id], month=month, villages=villages, by=by)
    audit.record(
        by=by,
        act="target.set",
        subject=audit.Subject("cadre", cadre.id, cadre.branch_id),
        details={"month": month, "villages": villages},
    )


def set_targets(*, branch_id: int, month: str, villages: int, by: Signature) -> int:
    """Set one target for all active cadres of a branch in scope; return how many they are."""
    branch = get_branch(branch_id, actor=by.actor)
    _check_month(month, zone=branch.time_zone, by=by)
    query = select(Cadre.id).where(Cadre.branch_id == branch.id, Cadre.status == "active").order_by(Cadre.id)
    cadres = list(db.session.scalars(query))
    _put(cadres, month=month, villages=villages, by=by)
    audit.record(
        by=by,
        act="targets.set",
        subject=audit.Subject("branch", branch.id, branch.id),
        details={"month": month, "villages": villages, "cadres": len(cadres)},
    )
    return len(cadres)


def _check_month(month: str, *, zone: str, by: Signature) -> None:
    """Refuse a month that is over or does not follow this one: nobody works towards it now."""
    now = month_of(local_date(by.at, zone))
    if month < now:
        raise RuleBroken("coverage.month_over", {"month": month})
    if month > add_months(now, 1):
        raise RuleBroken("coverage.month_far", {"month": month})


def _put(cadres: list[int], *, month: str, villages: int, by: Signature) -> None:
    insert = insert_into(CadreTarget)
    new = {name: insert.excluded[name] for name in ("villages", "set_at", "set_by")}
    statement = insert.on_conflict_do_update(index_elements=["cadre_id", "month"], set_=new)
    said = {"month": month, "villages": villages, "set_at": by.at, "set_by": by.actor.user_id}
    if cadres:
        db.session.execute(statement, [{"cadre_id": number, **said} for number in cadres])
