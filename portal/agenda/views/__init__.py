"""Pages of the agenda: a cadre's events and calendar, the office's planning, the screen with the code."""

from portal.agenda.views import attending, calendar, closing, office, own
from portal.agenda.views.blueprint import bp

__all__ = ["attending", "bp", "calendar", "closing", "office", "own"]
