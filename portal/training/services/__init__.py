"""Writes of training: courses, exams, cohorts and their attendance, certificates, activation."""
