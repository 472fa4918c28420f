"""What an actor may see: the one WHERE condition that keeps branches apart."""

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute

from portal.domain.actors import Actor
from portal.people.models import Branch

BranchColumn = ColumnElement[int] | InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


def in_scope(actor: Actor, branch_id: BranchColumn) -> ColumnElement[bool]:
    """Return the condition that a branch column lies in the actor's scope; cadres see their branch only."""
    if actor.scope == "nation" and actor.role != "cadre":
        return true()
    if actor.scope == "region" and actor.role != "cadre":
        return branch_id.in_(select(Branch.id).where(Branch.regional_office_id == actor.region_id))
    return branch_id == actor.branch_id
