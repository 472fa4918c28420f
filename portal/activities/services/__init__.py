"""Writes of activities: drafts and photos, handing in a report, deciding on it."""

from portal.activities.services.batch import Decided, approve_batch
from portal.activities.services.decide import (
    Decision,
    approve_activity,
    reject_activity,
    return_activity,
    withdraw_activity,
)
from portal.activities.services.drafts import (
    add_photo,
    correct_report,
    delete_draft,
    read_draft,
    remove_photo,
    save_draft,
)
from portal.activities.services.submit import Receipt, submit_report

__all__ = [
    "Decided",
    "Decision",
    "Receipt",
    "add_photo",
    "approve_activity",
    "approve_batch",
    "correct_report",
    "delete_draft",
    "read_draft",
    "reject_activity",
    "remove_photo",
    "return_activity",
    "save_draft",
    "submit_report",
    "withdraw_activity",
]
