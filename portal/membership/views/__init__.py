"""Pages of membership: the validator's workbench, and a cadre's participants."""

from portal.membership.views import cases, claims, extracts, own
from portal.membership.views.blueprint import bp

__all__ = ["bp", "cases", "claims", "extracts", "own"]
