"""Pages of incentives: the cadre's own statements, the office's, and the plans."""

from portal.incentives.views import office, own, plans
from portal.incentives.views.blueprint import bp

__all__ = ["bp", "office", "own", "plans"]
