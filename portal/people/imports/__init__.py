"""Master data from files: branches and cadres, all or nothing."""

from portal.people.imports.branches import import_branches
from portal.people.imports.cadres import import_cadres

__all__ = ["import_branches", "import_cadres"]
