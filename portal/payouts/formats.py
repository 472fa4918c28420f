"""The bank file that is sent and the result file that comes back, both plain tables."""

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Final

from portal.domain.errors import RuleBroken
from portal.domain.payouts import check_totals
from portal.tables.headings import Column
from portal.tables.reading import open_table
from portal.tables.values import choice, code, text
from portal.tables.writing import inert

HEADINGS: Final = ("reference", "bank_code", "bank_account", "account_holder", "amount", "note")
# The last line: TOTAL, the batch, the number of payments, and the control total below the amounts.
TOTAL: Final = "TOTAL"
_PAID: Final = ("paid", "lunas", "dibayar", "berhasil", "sukses", "success", "ok")
_FAILED: Final = ("failed", "gagal", "ditolak", "rejected")
_RESULT: Final = (
    Column("reference", code(19), ("referensi", "no referensi", "ref"), required=True),
    Column("status", choice(dict.fromkeys(_PAID, "paid") | dict.fromkeys(_FAILED, "failed")), expected=True),
    Column("reason", text(200), ("alasan", "keterangan", "note")),
    Column("reason_code", text(35), ("kode_alasan", "status_reason_code")),
)


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of a bank file, with the full account number."""

    reference: str
    bank_code: str
    account: str
    holder: str
    amount: int
    note: str


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """A bank file: its name, its bytes and their SHA-256."""

    name: str
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Result:
    """The bank's result for one payment: paid, or failed with the reason and perhaps an ISO 20022 code."""

    reference: str
    status: str
    reason: str | None = None
    code: str | None = None


def write_payment_file(
    batch_code: str, payments: Iterable[Payment], *, count: int, total: int
) -> PaymentFile:
    """Write a batch as CSV: UTF-8, LF, rows by reference, so that the same batch always gives the same bytes.

    Raises RuleBroken("payouts.totals_differ") unless count and control total equal the rows.
    """
    rows = sorted(payments, key=lambda payment: payment.reference)
    check_totals(count=count, total=total, amounts=[payment.amount for payment in rows])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    for row in rows:
        texts = map(inert, (row.reference, row.bank_code, row.account, row.holder))
        writer.writerow([*texts, row.amount, inert(row.note)])
    writer.writerow([TOTAL, "", "", inert(batch_code), total, count])
    content = out.getvalue().encode()
    return PaymentFile(f"{batch_code}.csv", content, hashlib.sha256(content).hexdigest())


def read_results(source: IO[bytes], *, filename: str) -> list[Result]:
    """Read the bank's answer (reference, status, reason, reason_code); the TOTAL line of our own file is skipped.

    Raises TableRefused naming the bad lines; nothing of such a file is used.
    """
    results: dict[str, Result] = {}
    with open_table(source, columns=_RESULT, filename=filename) as table:
        for row in table:
            reference = row["reference"]
            if reference == TOTAL:
                continue
            if row["status"] is None:
                table.problems.add(row.line, "status", "cell.missing")
                continue
            result = Result(reference, row["status"], row["reason"] or row["reason_code"], row["reason_code"])
            if results.setdefault(reference, result) != result:
                table.problems.add(row.line, "reference", "payouts.reference_twice", {"reference": reference})
        table.problems.refuse()
    if not results:
        raise RuleBroken("payouts.no_results")
    return list(results.values())
