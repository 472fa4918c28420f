"""Reads of payouts."""

from portal.payouts.queries.batches import PAGE as BATCHES_PAGE
from portal.payouts.queries.batches import ROWS as ROWS_PAGE
from portal.payouts.queries.batches import STATUSES as BATCH_STATUSES
from portal.payouts.queries.batches import (
    Obstacle,
    count_batches,
    count_batches_by_status,
    get_batch,
    list_batches,
    list_by_reference,
    list_file_rows,
    list_obstacles,
    list_rows,
    open_payment,
    people_of,
    seal_payment,
    total_rows,
)
from portal.payouts.queries.payable import PAGE as HELD_PAGE
from portal.payouts.queries.payable import Sum, Waiting, list_held, list_unpaid, total_waiting
from portal.payouts.queries.refusals import (
    AccountHold,
    find_account_hold,
    has_refused_account,
    list_refusals,
)
from portal.payouts.queries.tracking import (
    Payable,
    PaymentStatus,
    Step,
    Track,
    payment_status,
    payment_track,
    stream_payables,
)

__all__ = [
    "BATCHES_PAGE",
    "BATCH_STATUSES",
    "HELD_PAGE",
    "ROWS_PAGE",
    "AccountHold",
    "Obstacle",
    "Payable",
    "PaymentStatus",
    "Step",
    "Sum",
    "Track",
    "Waiting",
    "count_batches",
    "count_batches_by_status",
    "find_account_hold",
    "get_batch",
    "has_refused_account",
    "list_batches",
    "list_by_reference",
    "list_file_rows",
    "list_held",
    "list_obstacles",
    "list_refusals",
    "list_rows",
    "list_unpaid",
    "open_payment",
    "payment_status",
    "payment_track",
    "people_of",
    "seal_payment",
    "stream_payables",
    "total_rows",
    "total_waiting",
]
