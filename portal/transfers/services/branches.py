"""Changing a branch: its live standings follow it to another regional office."""

from portal.domain.actors import Signature
from portal.organisation import services as organisation
from portal.organisation.models import Branch
from portal.organisation.queries import get_branch
from portal.organisation.services import BranchDetails
from portal.points.services.rebuilding import place_standings


def edit_branch(*, branch_id: int, details: BranchDetails, by: Signature) -> Branch:
    """Change a branch, and move its live standings to where it belongs now."""
    office_before = get_branch(branch_id, actor=by.actor).regional_office_id
    branch = organisation.edit_branch(branch_id=branch_id, details=details, by=by)
    if branch.regional_office_id != office_before:
        place_standings(branch_id=branch.id)
    return branch
