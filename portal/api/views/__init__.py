"""The calls of the interface."""

from portal.api.views import document, me, photos, reports
from portal.api.views.blueprint import bp

__all__ = ["bp", "document", "me", "photos", "reports"]
