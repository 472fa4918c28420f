"""Pages of training: the way of a candidate, lessons, the exam."""

from portal.training.views import exams, path
from portal.training.views.blueprint import bp

__all__ = ["bp", "exams", "path"]
