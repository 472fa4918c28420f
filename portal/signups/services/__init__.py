"""Writes of sign-ups: reporting them, and deciding on them."""

from portal.signups.services.changing import Change, apply_changes, change_of, check_reason, hold_signup
from portal.signups.services.decide import (
    Validation,
    expire_signups,
    mark_closed,
    match_signup,
    reject_signup,
    release_signup,
    source_of,
    unmatch_signup,
    validate_signups,
    withdraw_signup,
)
from portal.signups.services.disputes import leave_disputes
from portal.signups.services.liveness import refresh_liveness
from portal.signups.services.report import hold_for_activity, record_signups, remove_signups, reveal_nik

__all__ = [
    "Change",
    "Validation",
    "apply_changes",
    "change_of",
    "check_reason",
    "expire_signups",
    "hold_for_activity",
    "hold_signup",
    "leave_disputes",
    "mark_closed",
    "match_signup",
    "record_signups",
    "refresh_liveness",
    "reject_signup",
    "release_signup",
    "remove_signups",
    "reveal_nik",
    "source_of",
    "unmatch_signup",
    "validate_signups",
    "withdraw_signup",
]
