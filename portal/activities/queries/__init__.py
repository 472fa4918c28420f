"""Reads of activities: reports, the queue of those that wait, drafts and photos."""

from portal.activities.queries.drafts import (
    find_draft,
    first_photos,
    get_photo,
    list_drafts,
    list_hashes_nearby,
    list_photos,
)
from portal.activities.queries.flags import flags_of_row, is_flagged
from portal.activities.queries.queue import (
    Queue,
    count_decided_since,
    count_waiting,
    list_decided,
    read_queue,
)
from portal.activities.queries.reports import (
    PAGE,
    Queued,
    Record,
    find_activity_by_ref,
    first_day_of_programme,
    get_activity,
    get_with_names,
    list_decidable,
    list_own,
    list_returned,
    list_used_slots,
    record_of,
    worth_of,
)

__all__ = [
    "PAGE",
    "Queue",
    "Queued",
    "Record",
    "count_decided_since",
    "count_waiting",
    "find_activity_by_ref",
    "find_draft",
    "first_day_of_programme",
    "first_photos",
    "flags_of_row",
    "get_activity",
    "get_photo",
    "get_with_names",
    "is_flagged",
    "list_decidable",
    "list_decided",
    "list_drafts",
    "list_hashes_nearby",
    "list_own",
    "list_photos",
    "list_returned",
    "list_used_slots",
    "read_queue",
    "record_of",
    "worth_of",
]
