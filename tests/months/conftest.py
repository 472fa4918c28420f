"""A cadre with NPWP in a branch with perisai-2022, whose months are closed."""

import pytest
from earning import assign
from factories import make_branch, make_cadre


@pytest.fixture
def agent(app):
    """A cadre with NPWP in a branch with perisai-2022."""
    branch = make_branch()
    assign(branch, "perisai-2022")
    return make_cadre(branch_id=branch.id, npwp_valid=True)
