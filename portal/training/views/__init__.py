"""Pages of training: the way of a candidate, lessons, the exam; cohorts and attendance."""

from portal.training.views import attendance, cohorts, exams, path
from portal.training.views.blueprint import bp

__all__ = ["attendance", "bp", "cohorts", "exams", "path"]
