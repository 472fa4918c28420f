"""What a bank's reason for a failed payment means: was it the account, or something that passes (rules.md 8.4)."""

from __future__ import annotations

from typing import Final

ACCOUNT: Final = "account"
OTHER: Final = "other"

# The reason codes of ISO 20022 (pain.002) that speak of the receiving account or its holder.
ACCOUNT_CODES: Final = frozenset(
    {"AC01", "AC03", "AC04", "AC06", "AC07", "AC14", "AC15", "BE01", "BE22", "MD07", "RC04"},
)
# A reason in words speaks of the account if it names one and says what is wrong with it. A name that differs is
# one of them: the bank compares holders. "Bank tutup" names no account, "saldo tidak cukup" is our own.
_NAMES: Final = ("rekening", "norek", "no rek", "account", "acct", "nama", "pemilik", "penerima",
                 "beneficiary", "name", "holder")  # fmt: skip
_FAULTS: Final = (
    *("tutup", "closed", "tidak aktif", "nonaktif", "non aktif", "inactive", "pasif", "dormant", "mati"),
    *("blokir", "blocked", "beku", "frozen", "salah", "wrong", "incorrect", "invalid", "tidak valid"),
    *("tidak ditemukan", "not found", "tidak terdaftar", "tidak dikenal", "unknown", "tidak ada", "no such"),
    *("tidak sesuai", "tidak cocok", "tidak sama", "berbeda", "beda", "mismatch", "does not match", "keliru"),
)
# The account that pays, or its money, is our own affair.
_OURS: Final = ("sumber", "pengirim", "rekening asal", "debit", "debet", "saldo", "limit", "dana",
                "source", "sender", "balance", "funds")  # fmt: skip


def failure_kind(reason: str, code: str | None = None) -> str:
    """Say whether a payment failed for the account's sake: "account", else "other".

    A code of ISO 20022 decides by itself if it is one of the account's; otherwise the words do. Words that are
    not known are "other": the payment is payable again.
    """
    if code is not None and code.strip().upper() in ACCOUNT_CODES:
        return ACCOUNT
    words = " ".join(reason.casefold().replace(".", " ").split())
    if any(word in words for word in _OURS):
        return OTHER
    named = any(word in words for word in _NAMES)
    return ACCOUNT if named and any(word in words for word in _FAULTS) else OTHER
