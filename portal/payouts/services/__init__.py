"""Writes of payouts: prepare, drop, approve or reject, export, record the bank's result, confirm an account."""

from portal.payouts.services.confirming import confirm_account
from portal.payouts.services.deciding import approve_batch, reject_batch
from portal.payouts.services.dropping import drop_payment
from portal.payouts.services.exporting import export_batch, note_payables_export, write_file
from portal.payouts.services.preparing import prepare_batch
from portal.payouts.services.recording import Recorded, record_all_paid, record_result

__all__ = [
    "Recorded",
    "approve_batch",
    "confirm_account",
    "drop_payment",
    "export_batch",
    "note_payables_export",
    "prepare_batch",
    "record_all_paid",
    "record_result",
    "reject_batch",
    "write_file",
]
