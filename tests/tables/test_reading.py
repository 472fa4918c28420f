"""Files that are read: every encoding, separator and kind of workbook brings the same rows."""

import io
import zipfile
from datetime import date
from itertools import pairwise

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from tables.participant_files import (
    BOOK,
    BORN,
    COLUMNS,
    GOOD,
    HEADER,
    NIK,
    ROW,
    SHEET,
    TITLES,
    read,
    replace_part,
    table_of,
    workbook,
)

from portal.tables import values, writing
from portal.tables.reading import open_table


@pytest.mark.parametrize(
    "content",
    [
        HEADER + ROW,
        "\ufeff" + HEADER + ROW,
        (HEADER + ROW).encode("utf-16"),
        b"\xfe\xff" + (HEADER + ROW).encode("utf-16-be"),
        (HEADER + ROW).replace(",", ";"),
        (HEADER + ROW).replace(",", "\t"),
        (HEADER + ROW).replace(",", "|"),
        "sep=;\r\n" + (HEADER + ROW).replace(",", ";"),
        (HEADER + ROW).replace("\n", "\r\n"),
        (HEADER + ROW).replace("\n", "\r"),
        (HEADER + ROW).rstrip("\n"),
        "\n\n" + HEADER + "\n" + ROW + ",,,\n\n",
        "iuran;Nama_Lengkap;tgl. lahir;Nik\n16.800;SITI AMINAH;05/07/1985;'" + NIK + "\n",
        "catatan,NIK,NAMA,TGL LAHIR,IURAN,,\nx," + ROW,
        f'NIK,"NAMA",TGL LAHIR,IURAN\n"=""{NIK}""","SITI\nAMINAH",1985-07-05,"16,800"\n',
        BOOK,
        workbook([], TITLES, [], [NIK, "SITI AMINAH", "05/07/1985", "16.800"]),
        workbook(TITLES, [NIK, "SITI\xa0AMINAH", BORN, 16800.0], epoch_1904=True),
        workbook(TITLES, [NIK, "SITI AMINAH", BORN, 16800], sheets=2),
    ],
)
def test_the_same_rows_come_out_of_every_form_of_file(content):
    rows, problems = read(content)
    assert [row.values for row in rows] == [GOOD]
    assert not problems


def test_windows_1252_is_read_and_never_garbled():
    content = (HEADER + f"{NIK},“Müller” – €5,1985-07-05,\n").encode("cp1252")
    assert read(content)[0][0]["name"] == "“Müller” – €5"


def test_a_lying_dimension_costs_nothing():
    content = replace_part(BOOK, SHEET, lambda data: data.replace(b'ref="A1:D2"', b'ref="A1:XFD1048576"'))
    assert b"XFD1048576" in zipfile.ZipFile(io.BytesIO(content)).read(SHEET)
    assert [row.values for row in read(content)[0]] == [GOOD]


def test_lines_are_right_behind_a_sep_line_and_blank_lines():
    content = "sep=;\n\n" + HEADER.replace(",", ";") + "\n" + ROW.replace(",", ";") + "x;y;z;1\n"
    rows, problems = read(content)
    assert [row.line for row in rows] == [5]
    assert [error.line for error in problems.errors] == [6]


@pytest.mark.slow
def test_blank_styled_rows_are_no_rows():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        sheet, style = book.add_worksheet(), book.add_format({"bold": True})
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, [NIK, "SITI AMINAH", "1985-07-05", 16800])
        for number in range(2, 100_000):
            sheet.write_blank(number, 0, None, style)
    assert [row.values for row in read(buffer.getvalue())[0]] == [GOOD]


@pytest.mark.slow
def test_a_table_can_be_read_again_and_given_up_halfway():
    for content in (HEADER + ROW * 5000, workbook(TITLES, *[[NIK, "A", "1985-07-05", 1]] * 5000)):
        with table_of(content) as table:
            next(iter(table))
            assert sum(1 for _ in table) == 5000
            assert table.format in {"csv", "xlsx"}


NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=30).map(
    values.clean
)
SHEETS = st.lists(
    st.tuples(
        st.from_regex(r"[0-9]{16}", fullmatch=True),
        NAMES.filter(lambda name: name and not name.startswith(("'", "#", "=", "+", "-", "@"))),
        st.dates(date(1920, 1, 1), date(2100, 1, 1)),
        st.none() | st.integers(0, 10**12),
    ),
    min_size=1,
    max_size=20,
)


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@settings(max_examples=20, deadline=None)
@given(sheet=SHEETS)
def test_what_is_written_is_read_again(tmp_path_factory, ending, sheet):
    path = tmp_path_factory.mktemp("round") / f"trip{ending}"
    writing.write_table(path, TITLES, sheet, ("text", "text", "date", "number"))
    with open_table(path, columns=COLUMNS) as table:
        rows = list(table)
    assert not table.problems, table.problems.errors
    assert [tuple(row.values.values()) for row in rows] == sheet
    assert all(first.line < second.line for first, second in pairwise(rows))
