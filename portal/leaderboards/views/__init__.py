"""Pages of leaderboards."""

from portal.leaderboards.views import own, whole
from portal.leaderboards.views.blueprint import bp

__all__ = ["bp", "own", "whole"]
