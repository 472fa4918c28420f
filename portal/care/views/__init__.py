"""Pages of care: a cadre's participants, one of them, and what the office sees and decides."""

from portal.care.views import hand_overs, office, own, participant
from portal.care.views.blueprint import bp

__all__ = ["bp", "hand_overs", "office", "own", "participant"]
