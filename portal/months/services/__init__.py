"""Writes of months: closing and releasing."""

from portal.months.services.alarming import name_of, raise_alarms, raise_fault
from portal.months.services.closing import (
    Closed,
    close_month,
    rehearse_month,
    require_closable,
)
from portal.months.services.releasing import release_month

__all__ = [
    "Closed",
    "close_month",
    "name_of",
    "raise_alarms",
    "raise_fault",
    "rehearse_month",
    "release_month",
    "require_closable",
]
