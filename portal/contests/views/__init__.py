"""Pages of contests: a cadre's challenges and league, the office's challenges; blocks for pages of other rooms."""

from portal.contests.views import blocks, leagues, office, own
from portal.contests.views.blueprint import bp

__all__ = ["blocks", "bp", "leagues", "office", "own"]
