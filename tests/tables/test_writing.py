"""Exports: inert, complete or not at all, the same bytes for the same rows."""

import zipfile
from datetime import date
from decimal import Decimal

import pytest

from portal.domain.errors import RuleBroken
from portal.tables import writing
from portal.tables.writing import write_table

HEADINGS = ("account", "name", "points", "day")
TYPES = ("text", "text", "number", "date")
ROWS = [
    ("0012345678", "=cmd|'/C calc'!A0", -5, date(2026, 10, 22)),
    ("+628127744", "Nurul, “Ibu”", Decimal("7.5"), None),
    (None, "-a", None, date(2026, 1, 2)),
]


def test_csv_is_utf_8_with_plain_line_ends_and_inert(tmp_path):
    path = tmp_path / "out.csv"
    assert write_table(path, HEADINGS, iter(ROWS), TYPES) == 3
    assert path.read_bytes().decode() == (
        "account,name,points,day\n"
        "0012345678,'=cmd|'/C calc'!A0,-5,2026-10-22\n"
        '\'+628127744,"Nurul, “Ibu”",7.5,\n'
        ",'-a,,2026-01-02\n"
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_formula_starts_get_an_apostrophe(start):
    assert writing.inert(start + "1") == "'" + start + "1"
    assert writing.inert("a" + start) == "a" + start


def test_xlsx_holds_texts_as_texts(tmp_path):
    path = tmp_path / "out.xlsx"
    assert write_table(path, HEADINGS, ROWS, TYPES) == 3
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert '<c r="A2" s="2" t="inlineStr"><is><t>0012345678</t></is></c>' in sheet
    assert "<v>-5</v>" in sheet


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_the_same_rows_give_the_same_bytes(tmp_path, ending):
    contents = set()
    for name in ("one", "two"):
        path = tmp_path / (name + ending)
        write_table(path, HEADINGS, ROWS, TYPES)
        contents.add(path.read_bytes())
    assert len(contents) == 1


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_failure_leaves_the_old_file_and_no_other(tmp_path, ending):
    path = tmp_path / ("out" + ending)
    path.write_bytes(b"old")

    def failing():
        yield ROWS[0]
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        write_table(path, HEADINGS, failing(), TYPES)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_other_endings_and_too_many_rows_are_refused(tmp_path, monkeypatch):
    with pytest.raises(RuleBroken, match=r"table\.unknown_ending"):
        write_table(tmp_path / "out.pdf", HEADINGS, ROWS, TYPES)
    with pytest.raises(ValueError, match="one type"):
        write_table(tmp_path / "out.csv", HEADINGS, ROWS, ("text",))
    monkeypatch.setattr(writing, "MAX_SHEET_ROWS", 2)
    with pytest.raises(RuleBroken, match=r"table\.too_many_rows"):
        write_table(tmp_path / "out.xlsx", HEADINGS, ROWS, TYPES)
    assert list(tmp_path.iterdir()) == []
