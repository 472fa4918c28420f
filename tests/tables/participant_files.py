"""Files with one row, Siti's: as text and as workbooks, whole or tampered with; and what is read of them."""

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from portal.tables import values
from portal.tables.headings import Column
from portal.tables.problems import TableRefused
from portal.tables.reading import open_table

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
