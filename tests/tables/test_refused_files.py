"""Files that are refused whole, each by its reason: broken, too heavy, protected, or not one table."""

import io
import zipfile

import pytest
import xlsxwriter
from tables.participant_files import (
    BOOK,
    COLUMNS,
    GOOD,
    HEADER,
    NIK,
    ROW,
    SHEET,
    TITLES,
    read,
    refused,
    replace_part,
    with_part,
    workbook,
)

from portal.tables import reading, workbooks
from portal.tables.problems import TableRefused
from portal.tables.reading import open_table
from portal.tables.rounding import RoundedNumbers


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


@pytest.mark.slow
def test_a_zip_bomb_is_refused_from_its_directory():
    bomb = with_part(BOOK, "xl/worksheets/sheet2.xml", b" " * 60_000_000)
    assert len(bomb) < 100_000
    assert refused(bomb).code == "table.too_heavy"


@pytest.mark.slow
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
