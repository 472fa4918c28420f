"""Pages of transfers."""

from portal.transfers.views import branches, cadres
from portal.transfers.views.blueprint import bp

__all__ = ["bp", "branches", "cadres"]
