"""Pages of home: each role's first page, the audit trail, and health checks for machines."""

from portal.home.views import audit, dashboards, monthly, pages, points
from portal.home.views.blueprint import bp

__all__ = ["audit", "bp", "dashboards", "monthly", "pages", "points"]
