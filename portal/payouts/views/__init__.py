"""Pages of payouts."""

from portal.payouts.views import account, batches, results, tracking
from portal.payouts.views.blueprint import bp

__all__ = ["account", "batches", "bp", "results", "tracking"]
