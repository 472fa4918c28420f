"""Hostile and broken files: (name, bytes)."""

import io
import zipfile
from functools import cache

HEADINGS = "NIK,KPJ,NAMA,TGL LAHIR,PROGRAM,TGL DAFTAR PERTAMA,KODE CABANG,BLTH,TGL BAYAR,IURAN,JENIS PEMBAYAR"
ROW = '1671014507850003,26011234567,SITI AMINAH,1985-07-05,"JKK,JKM",2026-10-12,L00,2026-10,2026-10-12,16800,mandiri'


def _zip(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def _workbook() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for place, text in enumerate(HEADINGS.split(",")):
        sheet.write_string(0, place, text)
    book.close()
    return out.getvalue()


def _bomb() -> bytes:
    """Pack 100 MB of blanks into a sheet of a few hundred kilobytes."""
    source = zipfile.ZipFile(io.BytesIO(_workbook()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name in source.namelist():
            start, rows_end, end = source.read(name).partition(b"</sheetData>")
            with book.open(name, "w") as part:
                part.write(start)
                for _ in range(100 if rows_end else 0):
                    part.write(b" " * 1_000_000)
                part.write(rows_end + end)
    return out.getvalue()


@cache
def bad_files() -> dict[str, tuple[str, bytes]]:
    """Return each kind of file with the name it is sent under, made once."""
    whole, good = _workbook(), f"{HEADINGS}\n{ROW}\n".encode()
    return {
        "empty": ("a.csv", b""),
        "blanks": ("a.csv", b" \n\n \n"),
        "headings alone": ("a.csv", HEADINGS.encode() + b"\n"),
        "no headings": ("a.csv", ROW.encode() + b"\n"),
        "other headings": ("a.csv", b"foo,bar\n1,2\n"),
        "a heading twice": ("a.csv", f"{HEADINGS},NIK\n{ROW},1\n".encode()),
        "too many cells": ("a.csv", f"{HEADINGS}\n{ROW},1,2,3\n".encode()),
        "too few cells": ("a.csv", f"{HEADINGS}\n1671014507850003\n".encode()),
        "an open quote": ("a.csv", f'{HEADINGS}\n"{ROW}\n'.encode()),
        "null bytes": ("a.csv", good.replace(b"SITI", b"SI\x00TI")),
        "broken UTF-8": ("a.csv", b"\xef\xbb\xbf" + good.replace(b"SITI", b"SI\xff\xfeTI")),
        "random bytes": ("a.csv", bytes(range(256)) * 400),
        "one endless line": ("a.csv", HEADINGS.encode() + b"\n" + b"9" * 400_000),
        "ten thousand columns": ("a.csv", b",".join(b"K%d" % n for n in range(10_000)) + b"\n"),
        "a picture": ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(5000)),
        "a page": ("a.csv", b"<html><script>alert(7)</script></html>"),
        "no workbook": ("a.xlsx", b"PK\x03\x04" + bytes(3000)),
        "half a workbook": ("a.xlsx", whole[: len(whole) // 2]),
        "a zip of something": ("a.xlsx", _zip(a_dot_txt=b"hello")),
        "a path in a zip": ("a.xlsx", _zip(**{"..__..__etc__passwd": b"x"})),
        "a bomb": ("a.xlsx", _bomb()),
        "a workbook called text": ("a.csv", whole),
        "a long name": ("x" * 300 + ".csv", b"foo\n"),
        "a name with markup": ("<img src=x onerror=alert(7)>.csv", b"foo\n"),
        "a name that leads away": ("../../../etc/passwd.csv", b"foo\n"),
    }
