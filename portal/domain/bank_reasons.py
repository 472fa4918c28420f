"""What a bank's reason for a failed payment means: a bad account, or something that passes (rules.md 8.4)."""

from __future__ import annotations

from typing import Final

ACCOUNT: Final = "account"
OTHER: Final = "other"

# ISO 20022 reason codes (pain.002) that concern the receiving account or its holder.
ACCOUNT_CODES: Final = frozenset(
    {"AC01", "AC03", "AC04", "AC06", "AC07", "AC14", "AC15", "BE01", "BE22", "MD07", "RC04"},
)
# A free-text reason concerns the account if it names one and says what is wrong with it. A differing name counts:
# banks compare holders. "Bank tutup" names no account; "saldo tidak cukup" is the paying account's balance.
_NAMES: Final = ("rekening", "norek", "no rek", "account", "acct", "nama", "pemilik", "penerima",
                 "beneficiary", "name", "holder")  # fmt: skip
_FAULTS: Final = (
    *("tutup", "closed", "tidak aktif", "nonaktif", "non aktif", "inactive", "pasif", "dormant", "mati"),
    *("blokir", "blocked", "beku", "frozen", "salah", "wrong", "incorrect", "invalid", "tidak valid"),
    *("tidak ditemukan", "not found", "tidak terdaftar", "tidak dikenal", "unknown", "tidak ada", "no such"),
    *("tidak sesuai", "tidak cocok", "tidak sama", "berbeda", "beda", "mismatch", "does not match", "keliru"),
)
# These concern the paying account, not the cadre's.
_OURS: Final = ("sumber", "pengirim", "rekening asal", "debit", "debet", "saldo", "limit", "dana",
                "source", "sender", "balance", "funds")  # fmt: skip


def failure_kind(reason: str, code: str | None = None) -> str:
    """Say what made a payment fail: "account" for the receiving account, else "other".

    An ISO 20022 code decides if it is one of the account codes; otherwise the words decide. An unknown reason is
    "other": the payment becomes payable again.
    """
    if code is not None and code.strip().upper() in ACCOUNT_CODES:
        return ACCOUNT
    words = " ".join(reason.casefold().replace(".", " ").split())
    if any(word in words for word in _OURS):
        return OTHER
    named = any(word in words for word in _NAMES)
    return ACCOUNT if named and any(word in words for word in _FAULTS) else OTHER
