"""Courses for cadres: lessons, cohorts, exams, certificates, and how a candidate becomes active."""
