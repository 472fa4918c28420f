"""Pages of training: the way of a candidate, lessons, the exam; cohorts, attendance, certificates."""

from portal.training.views import activation, attendance, certificates, cohorts, exams, papers, path, sheets
from portal.training.views.blueprint import bp

__all__ = ["activation", "attendance", "bp", "certificates", "cohorts", "exams", "papers", "path", "sheets"]
