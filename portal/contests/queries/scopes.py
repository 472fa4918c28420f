"""Who sees a challenge and who arranges it: by the scope it was announced for."""

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true

from portal.cadres.models import Cadre
from portal.contests.models import Challenge
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.months import ZONES
from portal.organisation.models import Branch, RegionalOffice
from portal.organisation.queries import in_scope, list_branches, list_regional_offices, sees_nation


def arranged_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an officer may change a challenge: it is of their own scope, or below it."""
    if sees_nation(actor):
        return true()
    own = Challenge.branch_id.is_not(None) & in_scope(actor, Challenge.branch_id)
    if actor.scope == "region":
        return or_(own, Challenge.regional_office_id == actor.region_id)
    return own


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that somebody may see a challenge: it is in their scope, or holds for it."""
    if sees_nation(actor):
        return true()
    office = select(Branch.regional_office_id).where(in_scope(actor, Branch.id))
    return or_(
        Challenge.scope == "nation",
        Challenge.branch_id.is_not(None) & in_scope(actor, Challenge.branch_id),
        Challenge.regional_office_id.in_(office),
    )


def zones_of(challenge: Challenge) -> list[str]:
    """List the time zones in which a challenge runs; the nation's are all three."""
    if challenge.scope == "nation":
        return list(ZONES)
    wanted = select(Branch.time_zone).where(
        Branch.id == challenge.branch_id
        if challenge.scope == "branch"
        else Branch.regional_office_id == challenge.regional_office_id
    )
    return list(db.session.scalars(wanted.distinct())) or list(ZONES)


def list_places(actor: Actor) -> list[tuple[str, str]]:
    """List the scopes that an officer may announce for, as "branch:7" with its name; the nation is not among them."""
    branches = [(f"branch:{one.id}", one.name) for one in list_branches(actor)]
    offices = []
    if actor.scope != "branch":
        seen = [one for one in list_regional_offices() if sees_nation(actor) or one.id == actor.region_id]
        offices = [(f"region:{one.id}", one.name) for one in seen]
    return [*offices, *branches]


def name_of(challenge: Challenge) -> str:
    """Return the name of a challenge's branch or regional office; empty for the nation."""
    if challenge.scope == "nation":
        return ""
    model, key = (
        (Branch, challenge.branch_id)
        if challenge.scope == "branch"
        else (RegionalOffice, challenge.regional_office_id)
    )
    return str(db.session.scalar(select(model.name).where(model.id == key)) or "")


def within(challenge: Challenge, rows: Select[Any]) -> Select[Any]:
    """Keep the rows of cadres in a challenge's scope; the rows name Cadre and Branch."""
    if challenge.scope == "branch":
        return rows.where(Cadre.branch_id == challenge.branch_id)
    if challenge.scope == "region":
        return rows.where(Branch.regional_office_id == challenge.regional_office_id)
    return rows
