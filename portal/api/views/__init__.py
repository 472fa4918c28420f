"""The calls of the interface."""

from portal.api.views import document, me, money, photos, ranks, reports
from portal.api.views.blueprint import bp

__all__ = ["bp", "document", "me", "money", "photos", "ranks", "reports"]
