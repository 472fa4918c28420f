"""Bad rows: each finding names its line, its column and its reason, and nobody's number is told whole."""

import io

import pytest
import xlsxwriter
from tables.participant_files import GOOD, HEADER, NIK, ROW, TITLES, findings, read, workbook

from portal.tables.problems import Problems, TableRefused


def test_bad_rows_are_named_by_line_and_reason():
    content = (
        HEADER
        + ROW
        + '3,27E+15,x\n"3,27E+15","two\nlines",1985-02-30,-5\n'
        + ROW
        + ",,,7\n"
        + f"{NIK},a,1985-07-05,1,extra\n"
    )
    assert findings(content) == [
        (3, "", "row.too_few_cells"),
        (4, "nik", "cell.number_lost_digits"),
        (4, "born", "cell.no_such_day"),
        (4, "amount", "cell.not_rupiah"),
        (7, "nik", "cell.missing"),
        (7, "name", "cell.missing"),
        (8, "", "row.too_many_cells"),
    ]
    rows, problems = read(content)
    assert [row.line for row in rows] == [2, 6]
    assert (problems.count, problems.rows) == (7, 4)


@pytest.mark.parametrize(
    ("cell", "column", "code"),
    [
        (1671014507850003, "nik", "cell.number_lost_digits"),
        (1671014507850000, "nik", "cell.number_lost_digits"),
        (3.27e15, "nik", "cell.number_lost_digits"),
        (True, "nik", "cell.number_lost_digits"),
        ("3,27E+15", "nik", "cell.number_lost_digits"),
        (46000, "born", "cell.not_a_day"),
        ("46000", "born", "cell.not_a_day"),
        (16800.5, "amount", "cell.not_rupiah"),
        (-16800, "amount", "cell.not_rupiah"),
        ("x" * 32_767, "name", "cell.too_long"),
    ],
)
def test_spreadsheet_cells_are_refused_rather_than_guessed(cell, column, code):
    row = {"nik": NIK, "name": "SITI", "born": "1985-07-05", "amount": 1} | {column: cell}
    assert findings(workbook(TITLES, list(row.values()))) == [(2, column, code)]


def test_formulas_are_refused_cell_by_cell_where_they_would_be_read():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(1, 1, [*TITLES, "CATATAN"])
        for place, result in enumerate((16800, "#DIV/0!", 't="e"', ""), 2):
            sheet.write_row(place, 1, [NIK, "SITI", "1985-07-05"])
            sheet.write_formula(place, 4, "=A1", None, result)
            sheet.write_formula(place, 5, "=A1", None, "#REF!")
        sheet.write_row(6, 1, [NIK, "SITI AMINAH", "1985-07-05", 16800])
        sheet.write_formula(6, 5, "=A1+1", None, 5)
    content = buffer.getvalue()

    assert findings(content) == [
        (3, "amount", "cell.formula"),
        (4, "amount", "cell.broken_formula"),
        (5, "amount", "cell.formula"),
        (6, "amount", "cell.formula"),
    ]
    assert [row.values for row in read(content)[0]] == [GOOD]


def test_letters_that_another_program_broke_are_named_by_line():
    row = ROW.replace("SITI", "SI\ufffdI")

    assert findings(HEADER + ROW + row) == [(3, "name", "cell.broken_letters")]
    assert findings(workbook(TITLES, [NIK, "SI\ufffdI", "1985-07-05", 1])) == [
        (2, "name", "cell.broken_letters")
    ]


def test_only_a_thousand_findings_are_kept_and_all_are_counted():
    problems = Problems()
    problems.refuse()
    for line in range(2, 3002):
        problems.add(line, "nik", "cell.missing")
    assert (len(problems.errors), problems.count, problems.rows) == (1000, 3000, 3000)
    with pytest.raises(TableRefused) as caught:
        problems.refuse()
    assert caught.value.code == "table.bad_rows"
    assert caught.value.values == {"count": 3000}
    assert len(caught.value.errors) == 1000


def test_a_number_of_a_person_in_the_wrong_column_is_never_told_whole():
    problems = Problems()
    for value in (
        "1671014507850003",
        "1671 0145 0785 0003",
        "0812-7744-1903",
        "081277441903x",
        1671014507850003,
    ):
        problems.add(2, "paid_on", "cell.not_a_day", {"value": value})
    problems.add(3, "paid_on", "cell.not_a_day", {"value": "2026-10-32 08:40:00", "most": 10**12})

    told = [dict(error.values)["value"] for error in problems.errors]
    assert told[0] == told[4] == "1671••••••••••03"
    assert not any("4507" in str(value) or "7744" in str(value) for value in told)
    assert dict(problems.errors[-1].values) == {"value": "2026-10-32 08:40:00", "most": 10**12}
