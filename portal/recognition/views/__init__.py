"""Pages of recognition: a cadre's achievements, the share card, leave, moments, definitions."""

from portal.recognition.views import badges, card, choices, definitions, holidays, leaves, moments, own
from portal.recognition.views.blueprint import bp

__all__ = ["badges", "bp", "card", "choices", "definitions", "holidays", "leaves", "moments", "own"]
