"""Single cells: what is read, and what is refused rather than guessed."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.tables import values
from portal.tables.cells import DateCell, NumberCell, TruthCell
from portal.tables.problems import BadCell


def refusal(parse, cell):
    with pytest.raises(BadCell) as caught:
        parse(cell)
    return caught.value.code


@pytest.mark.parametrize(
    "cell",
    ["2026-10-12", "12/10/2026", " 2026-10-12 ", DateCell("2026-10-12"), DateCell("2026-10-12 05:03:00")],
)
def test_days_are_read(cell):
    assert values.day(cell) == date(2026, 10, 12)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_in_both_forms(day):
    assert values.day(day.isoformat()) == day
    assert values.day(f"{day:%d/%m/%Y}") == day
    assert values.month(f"{day:%Y%m}") == day.isoformat()[:7]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2026-02-30", "cell.no_such_day"),
        ("31/04/2026", "cell.no_such_day"),
        ("2026-13-01", "cell.no_such_day"),
        ("0000-00-00", "cell.year_out_of_range"),
        ("1899-12-31", "cell.year_out_of_range"),
        ("01/01/2101", "cell.year_out_of_range"),
        ("12/10/26", "cell.not_a_day"),
        ("45942", "cell.not_a_day"),
        (NumberCell.of(45942), "cell.not_a_day"),
        (NumberCell.of(20261012), "cell.not_a_day"),
        ("20261012", "cell.not_a_day"),
        ("2026-W42-1", "cell.not_a_day"),
        ("12-10-2026", "cell.not_a_day"),
        ("2026-10-12x", "cell.not_a_day"),
        ("٢٠٢٦-١٠-١٢", "cell.not_a_day"),
        ("12 Oktober 2026", "cell.not_a_day"),
        (TruthCell("true"), "cell.not_a_day"),
    ],
)
def test_what_is_no_day_is_refused(cell, code):
    assert refusal(values.day, cell) == code


@pytest.mark.parametrize(
    "cell",
    [
        "2026-10",
        "202610",
        "10-2026",
        "10/2026",
        "2026-10-31",
        "01/10/2026",
        NumberCell.of(202610),
        DateCell("2026-10-01"),
    ],
)
def test_months_are_read(cell):
    assert values.month(cell) == "2026-10"


@pytest.mark.parametrize(
    "cell", ["2026-13", "13/2026", "2026", "Oktober", "26-10", "1899-01", NumberCell.of(2026.1)]
)
def test_what_is_no_month_is_refused(cell):
    assert refusal(values.month, cell).startswith("cell.")


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("16800", 16800),
        ("16.800", 16800),
        ("16,800", 16800),
        ("1.250.000", 1250000),
        ("Rp1.250.000", 1250000),
        ("Rp 16800", 16800),
        ("0", 0),
        (NumberCell.of(16800.0), 16800),
    ],
)
def test_rupiah_are_read(cell, amount):
    assert values.rupiah(cell) == amount


@pytest.mark.parametrize(
    "cell",
    [
        "-5", "−5", "1e3", "1.5", "16.80", "1.25.000", "1.250,000", "1,250.00", "16800,00", "16800.00", "NaN", "1e309",
        "", ".", "9" * 100, "16 800", "１６８００", "+5", "(5)", NumberCell.of(16800.5), NumberCell.of(16.8),
        NumberCell.of(-5), NumberCell.of(1e300), NumberCell.of(float("nan")), NumberCell.of(float("inf")),
        DateCell("2026-10-12"), TruthCell("true"),
    ],
)  # fmt: skip
def test_what_is_no_whole_rupiah_is_refused(cell):
    assert refusal(values.rupiah, cell) == "cell.not_rupiah"


@given(st.integers(0, 10**14))
def test_grouped_amounts_mean_the_same(amount):
    assert values.rupiah(f"{amount:,}") == amount
    assert values.rupiah(f"{amount:,}".replace(",", ".")) == amount
    assert values.rupiah(str(amount)) == amount


@pytest.mark.parametrize(
    "cell",
    [
        NumberCell.of(1671014507850003.0), NumberCell.of(167), "3,27E+15", "3.27e+15", "1.67101E+15", "1671014507850003.0",
        DateCell("2026-10-12"), TruthCell("true"),
    ],
)  # fmt: skip
def test_numbers_that_a_spreadsheet_made_are_no_identifiers(cell):
    assert refusal(values.identifier(), cell) == "cell.number_lost_digits"


@pytest.mark.parametrize(
    "cell", ["1671014507850003", "'1671014507850003", '="1671014507850003"', " 1671014507850003\xa0"]
)
def test_identifiers_keep_every_digit(cell):
    assert values.identifier()(cell) == "1671014507850003"


def test_a_refused_identifier_is_not_shown():
    with pytest.raises(BadCell) as caught:
        values.identifier()("1.671E+15")
    assert caught.value.values == {}


def test_texts_are_cleaned():
    assert values.text()(" SITI\xa0 AMINAH\n") == "SITI AMINAH"
    assert values.text()("SITI\u200bAMINAH") == "SITIAMINAH"
    assert values.text()("=cmd|'/C calc'!A0") == "=cmd|'/C calc'!A0"
    assert refusal(values.text(5), "abcdef") == "cell.too_long"
    assert refusal(values.text(), "a\x07b") == "cell.control_character"
    assert refusal(values.text(), "#REF!") == "cell.broken_formula"
    assert type(values.text()(NumberCell.of(7))) is str


@pytest.mark.parametrize("cell", ["A,B", 'A"B', "A'B", "A\nB", NumberCell.of(1.5), DateCell("2026-01-01")])
def test_codes_hold_no_comma_quote_or_line_break(cell):
    assert refusal(values.code(), cell) in {"cell.bad_code", "cell.not_text"}


def test_codes_are_read():
    assert values.code()(" L00 ") == "L00"
    assert values.code()(NumberCell.of(12)) == "12"


@pytest.mark.parametrize(
    ("cell", "truth"), [("ya", True), ("TRUE", True), ("1", True), ("Tidak", False), ("0", False)]
)
def test_booleans_are_read(cell, truth):
    assert values.boolean(cell) is truth
    assert refusal(values.boolean, cell + "x") == "cell.not_yes_or_no"


def test_spreadsheet_booleans_are_read():
    assert values.boolean(TruthCell("true")) is True
    assert values.boolean(NumberCell.of(0)) is False


@pytest.mark.parametrize("cell", ["1.000", "1,5", "1e3", "", "9" * 30, NumberCell.of(1.5), "--1"])
def test_what_is_no_whole_number_is_refused(cell):
    assert refusal(values.integer(), cell) == "cell.not_whole"


def test_whole_numbers_have_bounds():
    assert values.integer()("37") == 37
    assert refusal(values.integer(), "-1") == "cell.out_of_bounds"
    assert refusal(values.integer(0, 9), "10") == "cell.out_of_bounds"


def test_choices_are_words_or_codes():
    payer = values.choice({"mandiri": "self", "Donatur": "donor"})
    assert payer("DONATUR ") == "donor"
    assert refusal(payer, "kantor") == "cell.not_a_choice"
    assert values.choice(("submitted", "approved"))("Approved") == "approved"


@given(st.text(max_size=300))
def test_no_text_makes_a_parser_fail_otherwise(cell):
    for parse in (
        values.day, values.month, values.rupiah, values.boolean, values.integer(), values.identifier(),
        values.text(50), values.code(), values.choice(("a",)),
    ):  # fmt: skip
        with contextlib.suppress(BadCell):
            parse(cell)
