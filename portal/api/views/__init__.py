"""The calls of the interface."""

from portal.api.views import achievements, document, me, money, photos, ranks, reports
from portal.api.views.blueprint import bp

__all__ = ["achievements", "bp", "document", "me", "money", "photos", "ranks", "reports"]
