"""Pages of cadres."""

from portal.cadres.views import acts, cadres, own, users
from portal.cadres.views.blueprint import bp

__all__ = ["acts", "bp", "cadres", "own", "users"]
