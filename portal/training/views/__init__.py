"""Pages of training."""

from portal.training.views.blueprint import bp

__all__ = ["bp"]
