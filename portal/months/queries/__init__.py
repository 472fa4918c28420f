"""Reads of months: their status, the digest file, the preview of an open one."""

from portal.months.queries.alarms import Alarm, list_alarms
from portal.months.queries.digests import (
    DigestWriter,
    StatementBlocks,
    digest_file,
    write_posted,
    write_standings,
)
from portal.months.queries.previews import Preview, preview_month, preview_statements
from portal.months.queries.status import (
    MonthStatus,
    find_due_month,
    find_release,
    has_extract,
    list_status,
    moment_of,
    newest_extract_as_of,
    next_to_close,
    previous_digest,
    status_of,
)

__all__ = [
    "Alarm",
    "DigestWriter",
    "MonthStatus",
    "Preview",
    "StatementBlocks",
    "digest_file",
    "find_due_month",
    "find_release",
    "has_extract",
    "list_alarms",
    "list_status",
    "moment_of",
    "newest_extract_as_of",
    "next_to_close",
    "preview_month",
    "preview_statements",
    "previous_digest",
    "status_of",
    "write_posted",
    "write_standings",
]
