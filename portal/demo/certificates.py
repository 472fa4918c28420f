"""Certificates of the demo's cadres: those of years ago were renewed in time."""

from datetime import date, timedelta

from portal.domain.training import submits_until, valid_until

MONTHS = 24
GRACE_DAYS = 60
EARLY = timedelta(days=30)  # who renews does so this long before the end


def certificate_days(joined: date, today: date) -> tuple[date, date, date]:
    """Return the day of a cadre's newest certificate, its last day, and the last day to submit under it."""
    day = joined + timedelta(days=1)
    renewed = valid_until(day, MONTHS) - EARLY
    day = renewed if renewed <= today else day
    until = valid_until(day, MONTHS)
    return day, until, submits_until(until, GRACE_DAYS)
