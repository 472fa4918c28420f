"""Pages of the explainer."""

from portal.explainer.views import own, picture, shared
from portal.explainer.views.blueprint import bp

__all__ = ["bp", "own", "picture", "shared"]
