"""Writes of membership: extracts, matches, contributions and what a person decides about them."""

from portal.membership.services.applying import (
    ExtractResult,
    apply_extract,
    check_as_of,
    confirm_all,
    count_ready,
    preview_extract,
)
from portal.membership.services.confirming import confirm_matches
from portal.membership.services.conflicts import decide_conflict
from portal.membership.services.deciding import (
    decide_dispute,
    match_by_hand,
    validate_match,
    withdraw_validation,
)
from portal.membership.services.history import keep_history, link_history_by_hand
from portal.membership.services.numbering import number_participant, number_participants
from portal.membership.services.settling import refresh_live_signups
from portal.membership.services.uploading import apply_upload, discard_upload, preview_upload, upload_extract

__all__ = [
    "ExtractResult",
    "apply_extract",
    "apply_upload",
    "check_as_of",
    "confirm_all",
    "confirm_matches",
    "count_ready",
    "decide_conflict",
    "decide_dispute",
    "discard_upload",
    "keep_history",
    "link_history_by_hand",
    "match_by_hand",
    "number_participant",
    "number_participants",
    "preview_extract",
    "preview_upload",
    "refresh_live_signups",
    "upload_extract",
    "validate_match",
    "withdraw_validation",
]
