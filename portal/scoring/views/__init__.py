"""Pages of points rules: what holds and what comes, for everybody; drafts and their previews, for admins."""

from portal.scoring.views import drafts, previews, rules
from portal.scoring.views.blueprint import bp

__all__ = ["bp", "drafts", "previews", "rules"]
