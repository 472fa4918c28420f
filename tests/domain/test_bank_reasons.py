"""A bank's reason concerns the account, or something that passes (rules.md 8.4)."""

import pytest

from portal.domain.bank_reasons import failure_kind


@pytest.mark.parametrize(
    "reason",
    [
        "Rekening tutup",
        "Rekening tujuan sudah ditutup",
        "REKENING  DITUTUP",
        "Rek. penerima diblokir",
        "Rekening pasif",
        "Nomor rekening salah",
        "No. rekening tidak ditemukan",
        "Nama pemilik rekening tidak sesuai",
        "nama penerima berbeda",
        "Account closed",
        "Invalid account number",
        "Beneficiary name mismatch",
    ],
)
def test_these_failed_for_the_accounts_sake(reason):
    assert failure_kind(reason) == "account"


@pytest.mark.parametrize(
    "reason",
    [
        "Bank tutup",
        "Gangguan jaringan bank tujuan",
        "Gagal 3",
        "",
        "Saldo rekening tidak cukup",
        "Rekening sumber diblokir",
        "Limit harian rekening terlampaui",
        "Kata yang tidak dikenal siapa pun",
        "Timeout",
    ],
)
def test_all_else_and_what_is_not_known_passes(reason):
    assert failure_kind(reason) == "other"


def test_a_code_of_the_bank_decides_without_words():
    assert failure_kind("Ditolak", "ac04") == "account"
    assert failure_kind("Ditolak", "AM04") == "other"
    assert failure_kind("Rekening ditutup", "AM04") == "account"
