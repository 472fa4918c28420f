"""Pages of membership: the validator's workbench."""

from portal.membership.views import cases, claims, extracts
from portal.membership.views.blueprint import bp

__all__ = ["bp", "cases", "claims", "extracts"]
