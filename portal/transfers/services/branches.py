"""Changing a branch: its live standings follow it to another regional office."""

from datetime import datetime

from portal.domain.actors import Actor
from portal.organisation import services as organisation
from portal.organisation.models import Branch
from portal.organisation.queries import get_branch
from portal.transfers.services.standings import move_standings


def edit_branch(
    *,
    branch_id: int,
    name: str,
    regional_office: str,
    time_zone: str,
    region_code: str | None,
    actor: Actor,
    at: datetime,
) -> Branch:
    """Change a branch, and move its live standings to where it belongs now."""
    office_before = get_branch(branch_id, actor=actor).regional_office_id
    branch = organisation.edit_branch(
        branch_id=branch_id,
        name=name,
        regional_office=regional_office,
        time_zone=time_zone,
        region_code=region_code,
        actor=actor,
        at=at,
    )
    if branch.regional_office_id != office_before:
        move_standings(branch_id=branch.id)
    return branch
