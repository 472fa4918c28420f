"""Pages of coverage: offices and the nation, one branch, targets, downloads."""

from portal.coverage.views import branches, downloads, offices, targets
from portal.coverage.views.blueprint import bp

__all__ = ["bp", "branches", "downloads", "offices", "targets"]
