"""Untrusted files: read or refused as a whole, with bad rows reported by line and reason."""

import io
import zipfile
from datetime import date, datetime
from itertools import pairwise

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.tables import reading, values, workbooks, writing
from portal.tables.headings import Column
from portal.tables.problems import Problems, TableRefused
from portal.tables.reading import open_table
from portal.tables.rounding import RoundedNumbers

NIK = "1671014507850003"
COLUMNS = (
    Column("nik", values.identifier(), ("NIK",), required=True),
    Column("name", values.text(60), ("NAMA", "Nama Lengkap"), required=True),
    Column("born", values.day, ("TGL LAHIR",), expected=True),
    Column("amount", values.rupiah, ("IURAN",)),
)
HEADER = "NIK,NAMA,TGL LAHIR,IURAN\n"
ROW = f"{NIK},SITI AMINAH,1985-07-05,16800\n"
GOOD = {"nik": NIK, "name": "SITI AMINAH", "born": date(1985, 7, 5), "amount": 16800}


def table_of(content, columns=COLUMNS):
    return open_table(
        io.BytesIO(content if isinstance(content, bytes) else content.encode()), columns=columns
    )


def read(content, columns=COLUMNS):
    with table_of(content, columns) as table:
        rows = list(table)
        return rows, table.problems


def refused(content, columns=COLUMNS):
    with pytest.raises(TableRefused) as caught, table_of(content, columns) as table:
        list(table)
    return caught.value


def findings(content):
    return [(error.line, error.column, error.code) for error in read(content)[1].errors]


def workbook(*rows, sheets=1, merge=None, epoch_1904=False):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"date_1904": epoch_1904, "default_date_format": "yyyy-mm-dd"}) as book:
        for number in range(sheets):
            sheet = book.add_worksheet()
            for place, row in enumerate(rows if number == 0 else (["other"],)):
                for column, value in enumerate(row):
                    sheet.write(place, column, value)
            if merge:
                sheet.merge_range(merge, "x")
    return buffer.getvalue()


def with_part(content, name, data, *, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a", compression) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def replace_part(content, name, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, change(data) if part.filename == name else data)
    return out.getvalue()


BORN = datetime(1985, 7, 5)  # noqa: DTZ001 - a spreadsheet knows no zone
TITLES = ["NIK", "NAMA", "TGL LAHIR", "IURAN"]
BOOK = workbook(TITLES, [NIK, "SITI AMINAH", BORN, 16800])
SHEET = "xl/worksheets/sheet1.xml"


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


def test_mixed_encodings_are_refused_naming_the_line():
    content = (HEADER + ROW).encode() + "1,Müller,,\n".encode("cp1252") + "2,Müller,,\n".encode()
    error = refused(content)
    assert (error.code, error.values["line"]) == ("table.mixed_encoding", 3)
    assert refused(HEADER.encode() + b"1,M\xc3\xbcller \xfc,,\n").code == "table.mixed_encoding"
    assert refused(b"\xef\xbb\xbf" + HEADER.encode() + b"1,M\xfcller,,\n").code == "table.mixed_encoding"
    assert refused(HEADER.encode() + b"1,M\x81ller,,\n").code == "table.mixed_encoding"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table.empty"),
        (b"\n\n\n", "table.empty"),
        (b",,,\n", "table.headings_missing"),
        (HEADER, "table.empty"),
        (HEADER + "\n,,,\n", "table.empty"),
        (b"x", "table.headings_missing"),
        ((HEADER + ROW).encode("utf-16-le"), "table.binary"),
        (HEADER + "1,a\x00b,,\n", "table.binary"),
        (b"\xff\xfe\x00\xd8\x00", "table.mixed_encoding"),
        ("NIK,TGL LAHIR\n1,2\n", "table.headings_missing"),
        ("NIK,NAMA,nama lengkap,TGL LAHIR\n1,2,3,4\n", "table.heading_twice"),
        ("NIK,NAMA,N.I.K,TGL LAHIR\n1,2,3,4\n", "table.heading_twice"),
        ("Laporan Oktober\n" + HEADER + ROW, "table.headings_not_first"),
        (HEADER + '1,"unclosed,,\n' + ROW, "table.broken_quotes"),
        (HEADER + '1,"a"b,,\n', "table.broken_quotes"),
        (HEADER + "1," + "x" * 200_000 + ",,\n", "table.field_too_long"),
        (",".join(f"k{number}" for number in range(201)) + "\n", "table.too_many_columns"),
        (OLE + b"\x00" * 600, "table.old_workbook"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "table.protected"),
        (b"%PDF-1.7\n", "table.not_a_table"),
        (b"<html><table></table></html>", "table.not_a_table"),
        (b"PK\x03\x04" + b"\x00" * 100, "table.broken_workbook"),
        (BOOK[: len(BOOK) * 6 // 10], "table.broken_workbook"),
        (with_part(BOOK, "xl/vbaProject.bin", b"x"), "table.macros"),
        (with_part(BOOK, "../../evil.xml", b"x"), "table.broken_workbook"),
        (with_part(BOOK, "/etc/passwd", b"x"), "table.broken_workbook"),
        (with_part(BOOK, "a\\..\\b.xml", b"x"), "table.broken_workbook"),
        (with_part(BOOK, "XL/workbook.xml", b"x"), "table.broken_workbook"),
        (workbook(TITLES, ["1", "a", "", ""], merge="A5:B6"), "table.merged_cells"),
        (workbook(["Laporan"], TITLES, [NIK, "a", "1985-07-05", 1]), "table.headings_not_first"),
        (workbook(TITLES), "table.empty"),
        (workbook(), "table.empty"),
        (replace_part(BOOK, SHEET, lambda data: data[:200]), "table.broken_workbook"),
        (
            replace_part(BOOK, SHEET, lambda data: b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + data),
            "table.broken_workbook",
        ),
    ],
)
def test_files_are_refused_whole(content, code):
    assert refused(content).code == code


def zip_of(**parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return buffer.getvalue()


def test_other_zips_are_refused():
    assert refused(zip_of(word__document_xml="<w/>")).code == "table.not_a_table"
    assert refused(zip_of(data="1,2,3")).code == "table.not_a_table"
    assert refused(zip_of(content_xml="<office/>")).code == "table.old_workbook"


def test_a_changed_byte_inside_a_workbook_is_noticed():
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        part = archive.getinfo(SHEET)
    content = bytearray(BOOK)
    content[part.header_offset + 60 + part.compress_size // 2] ^= 0xFF
    assert refused(bytes(content)).code in {
        "table.broken_workbook",
        "table.too_heavy",
        "table.headings_missing",
    }


def test_a_zip_bomb_is_refused_from_its_directory():
    bomb = with_part(BOOK, "xl/worksheets/sheet2.xml", b" " * 60_000_000)
    assert len(bomb) < 100_000
    assert refused(bomb).code == "table.too_heavy"


def test_a_bomb_that_lies_about_its_size_dies_in_the_child(monkeypatch):
    monkeypatch.setattr(workbooks, "MEMORY_MEGABYTES", 200)
    text = b"<si><t>" + b"x" * 100 + b"</t></si>"
    heavy = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        + text * 1_500_000
        + b"</sst>"
    )
    monkeypatch.setattr(workbooks, "_check_parts", lambda parts: None)
    assert refused(replace_part(BOOK, "xl/sharedStrings.xml", lambda _: heavy)).code == "table.too_heavy"


def test_a_lying_dimension_costs_nothing():
    content = replace_part(BOOK, SHEET, lambda data: data.replace(b'ref="A1:D2"', b'ref="A1:XFD1048576"'))
    assert b"XFD1048576" in zipfile.ZipFile(io.BytesIO(content)).read(SHEET)
    assert [row.values for row in read(content)[0]] == [GOOD]


def test_a_cell_in_the_last_corner_is_refused():
    corner = b'<c r="XFD1048576"><v>1</v></c>'
    content = replace_part(
        BOOK,
        SHEET,
        lambda data: data.replace(b"</sheetData>", b'<row r="1048576">' + corner + b"</row></sheetData>"),
    )
    assert refused(content).code in {"table.too_heavy", "table.too_many_columns", "table.broken_workbook"}


def test_a_file_over_the_limit_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 100)
    path = tmp_path / "big.csv"
    path.write_text(HEADER + ROW * 3)
    for source in (path, io.BytesIO(path.read_bytes())):
        with pytest.raises(TableRefused) as caught:
            open_table(source, columns=COLUMNS)
        assert caught.value.code == "table.too_large"


def test_a_file_with_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 2)
    assert refused(HEADER + ROW * 3).code == "table.too_many_rows"
    assert len(read(HEADER + ROW * 2)[0]) == 2


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(TableRefused) as caught:
        open_table(tmp_path / "none.csv", columns=COLUMNS)
    assert (caught.value.code, caught.value.values) == ("table.no_such_file", {"name": "none.csv"})


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


def test_lines_are_right_behind_a_sep_line_and_blank_lines():
    content = "sep=;\n\n" + HEADER.replace(",", ";") + "\n" + ROW.replace(",", ";") + "x;y;z;1\n"
    rows, problems = read(content)
    assert [row.line for row in rows] == [5]
    assert [error.line for error in problems.errors] == [6]


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


def sheets(*given):
    """Make a workbook of (name, rows, hidden or not)."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        made = [book.add_worksheet(name) for name, _rows, _hidden in given]
        for sheet, (_name, rows, hidden) in zip(made, given, strict=True):
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
            if hidden:
                sheet.hide()
            else:
                sheet.activate()
    return buffer.getvalue()


DATA = [TITLES, [NIK, "SITI AMINAH", "1985-07-05", 16800]]


def test_a_hidden_first_sheet_is_refused_by_its_name():
    problem = refused(sheets(("Lama", DATA, True), ("Iuran", DATA, False)))

    assert (problem.code, problem.values) == ("table.hidden_sheet", {"sheet": "Lama"})


@pytest.mark.parametrize("hidden", [False, True])
def test_a_further_sheet_with_data_is_refused_by_its_name_and_notes_are_not(hidden):
    notes = ("Catatan", [["dibuat oleh", "Kantor Palembang"]], False)
    problem = refused(sheets(("Iuran", DATA, False), notes, ("November", [[], *DATA], hidden)))

    assert (problem.code, problem.values) == ("table.more_sheets", {"sheets": "November"})
    assert [row.values for row in read(sheets(("Iuran", DATA, False), notes))[0]] == [GOOD]


def test_a_workbook_with_macros_is_refused_by_kind_and_by_name():
    kind = replace_part(
        BOOK,
        "[Content_Types].xml",
        lambda text: text.replace(
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
    )

    assert refused(kind).code == "table.macros"
    with pytest.raises(TableRefused, match=r"table\.macros"):
        open_table(io.BytesIO(BOOK), columns=COLUMNS, filename="Iuran.XLSM")


@pytest.mark.parametrize("name", [b"ANDR\xc3", b"ANDR\xc3 SITI", b"ANDR\xc2 B", b"RE\xe2\x80"])
def test_broken_utf_8_is_named_by_line_and_not_taken_for_another_encoding(name):
    content = (HEADER + ROW).encode() + f"{NIK},".encode() + name + b",1985-07-05,16800\n"

    problem = refused(content)

    assert (problem.code, problem.values) == ("table.mixed_encoding", {"line": 3})


def test_letters_that_another_program_broke_are_named_by_line():
    row = ROW.replace("SITI", "SI\ufffdI")

    assert findings(HEADER + ROW + row) == [(3, "name", "cell.broken_letters")]
    assert findings(workbook(TITLES, [NIK, "SI\ufffdI", "1985-07-05", 1])) == [
        (2, "name", "cell.broken_letters")
    ]


def test_blank_styled_rows_are_no_rows():
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        sheet, style = book.add_worksheet(), book.add_format({"bold": True})
        sheet.write_row(0, 0, TITLES)
        sheet.write_row(1, 0, [NIK, "SITI AMINAH", "1985-07-05", 16800])
        for number in range(2, 100_000):
            sheet.write_blank(number, 0, None, style)
    assert [row.values for row in read(buffer.getvalue())[0]] == [GOOD]


def test_a_table_can_be_read_again_and_given_up_halfway():
    for content in (HEADER + ROW * 5000, workbook(TITLES, *[[NIK, "A", "1985-07-05", 1]] * 5000)):
        with table_of(content) as table:
            next(iter(table))
            assert sum(1 for _ in table) == 5000
            assert table.format in {"csv", "xlsx"}


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


def test_a_file_of_rounded_niks_is_refused():
    rounded = RoundedNumbers()
    rounded.refuse()
    for nik in ("11", "10", "20", "20", "30", "12"):
        rounded.see(nik)
    rounded.see("13", key=b"13")
    rounded.refuse()
    rounded.see("40")
    with pytest.raises(TableRefused) as caught:
        rounded.refuse()
    assert caught.value.values == {"rounded": 4, "count": 7}
    alone = RoundedNumbers()
    alone.see("10")
    with pytest.raises(TableRefused):
        alone.refuse()


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
