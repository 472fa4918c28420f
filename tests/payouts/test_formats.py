"""The bank file is plain and inert; the result file is read row by row or refused by line."""

import io

import pytest

from portal.domain.errors import RuleBroken
from portal.payouts.formats import Payment, Result, read_results, write_payment_file
from portal.tables.problems import TableRefused


def payment(n: int, **overrides) -> Payment:
    values = {
        "reference": f"PK26100000000{n:03}", "bank_code": "014", "account": f"00{n:08}", "holder": "SITI AMINAH",
        "amount": 1000 * n, "note": "Insentif 2026-10 K0001",
    }  # fmt: skip
    return Payment(**(values | overrides))


def read(text: str) -> list[Result]:
    return read_results(io.BytesIO(text.encode()), filename="hasil.csv")


def test_the_order_of_the_rows_does_not_change_the_bytes():
    rows = [payment(2), payment(1)]

    one = write_payment_file("PC-1", rows, count=2, total=3000)
    two = write_payment_file("PC-1", rows[::-1], count=2, total=3000)
    assert (one.content, one.sha256) == (two.content, two.sha256)
    assert one.content.decode() == (
        "reference,bank_code,bank_account,account_holder,amount,note\n"
        "PK26100000000001,014,0000000001,SITI AMINAH,1000,Insentif 2026-10 K0001\n"
        "PK26100000000002,014,0000000002,SITI AMINAH,2000,Insentif 2026-10 K0001\n"
        "TOTAL,,,PC-1,3000,2\n"
    )


@pytest.mark.parametrize(("count", "total"), [(1, 1000), (2, 1000), (1, 3000)])
def test_a_file_whose_rows_are_not_the_batch_is_not_written(count, total):
    with pytest.raises(RuleBroken, match=r"payouts\.totals_differ"):
        write_payment_file("PC-1", [payment(1), payment(2)], count=count, total=total)


def test_a_holder_that_looks_like_a_formula_is_made_inert():
    file = write_payment_file("PC-1", [payment(1, holder="=HYPERLINK(1)")], count=1, total=1000)

    assert b",'=HYPERLINK(1)," in file.content


def test_results_are_read_in_the_banks_words():
    assert read("Referensi;Status;Keterangan\nPK1;BERHASIL;\nPK2;Gagal;Rekening ditutup\nTOTAL;;\n") == [
        Result("PK1", "paid"),
        Result("PK2", "failed", "Rekening ditutup"),
    ]


def test_our_own_file_with_a_status_column_is_a_result_file():
    text = "reference,bank_code,bank_account,account_holder,amount,status,reason\nPK1,014,001,X,5,paid,\nTOTAL,,,PC-1,5,,\n"

    assert read(text) == [Result("PK1", "paid")]


@pytest.mark.parametrize(
    ("row", "line", "code"),
    [
        ("PK2,maybe,", 3, "cell.not_a_choice"),
        ("PK2,,", 3, "cell.missing"),
        (",paid,", 3, "cell.missing"),
        ("PK1,failed,Ditutup", 3, "payouts.reference_twice"),
    ],
)
def test_a_bad_row_is_named_by_line_and_nothing_is_taken(row, line, code):
    with pytest.raises(TableRefused) as refused:
        read(f"reference,status,reason\nPK1,paid,\n{row}\n")

    assert [(error.line, error.code) for error in refused.value.errors] == [(line, code)]


def test_a_file_without_results_is_refused():
    with pytest.raises(RuleBroken, match=r"payouts\.no_results"):
        read("reference,status,reason\nTOTAL,,\n")
