"""Writes of points: the defaults, the month row, posting, and the live standings."""

from portal.points.services.defaults import PARAMETERS, install_default_rules
from portal.points.services.months import hold_oldest, lock_month, mark_late, open_month
from portal.points.services.posting import (
    NewEntry,
    post_entries,
    post_entry,
    post_waiting,
    reverse_entry,
)
from portal.points.services.rebuilding import place_standings, rebuild_standings
from portal.points.services.standings import settle_standings

__all__ = [
    "PARAMETERS",
    "NewEntry",
    "hold_oldest",
    "install_default_rules",
    "lock_month",
    "mark_late",
    "open_month",
    "place_standings",
    "post_entries",
    "post_entry",
    "post_waiting",
    "rebuild_standings",
    "reverse_entry",
    "settle_standings",
]
