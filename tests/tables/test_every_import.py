"""Every kind of imported file is read with the same care: errors are reported by line or sheet."""

import io
from datetime import date

import pytest
import xlsxwriter
from cast import make_cast

from portal import clock
from portal.activities.imports import import_activities
from portal.coverage.imports import import_targets
from portal.database.shelf import Shelf
from portal.domain.actors import Signature
from portal.membership.services.applying import preview_extract, read_extract
from portal.membership.services.results import GivenExtract
from portal.payouts.formats import read_results
from portal.signups.imports import import_signups
from portal.tables.problems import TableRefused
from portal.transfers.imports.branches import import_branches
from portal.transfers.imports.cadres import import_cadres

# Each kind: its headings, and a good row with a text whose letters can break.
KINDS = {
    "branches": ("branch_code,name,region_office,time_zone,region_code", "X00,Kantor LETTERS,SBS,WIB,1671"),
    "cadres": ("cadre_code,name,branch_code", "K-X,LETTERS,L00"),
    "activities": ("activity_ref,cadre_code,type,held_on,village_code,attendance,status", "A LETTERS,K-MARLINA,radio,2026-10-03,1671071005,5,approved"),
    "signups": ("signup_ref,cadre_code,reported_on,name,nik,birth_date,programmes,status", 'S-1,K-MARLINA,2026-10-03,LETTERS,1671014507850003,1985-07-05,"JKK,JKM",reported'),
    "targets": ("village_code,year,informal_workers,target,source", "1671071005,2026,900,300,LETTERS"),
    "extract": (
        "NIK,KPJ,NAMA,TGL LAHIR,PROGRAM,TGL DAFTAR PERTAMA,KODE CABANG,BLTH,TGL BAYAR,IURAN,JENIS PEMBAYAR",
        '1671014507850003,,LETTERS,1985-07-05,"JKK,JKM",2026-10-12,L00,2026-10,2026-10-12,16800,mandiri',
    ),
    "results": ("reference,status,reason", "R-1,failed,LETTERS"),
}  # fmt: skip
REGIONS = {
    "branches": ("1671", "1699"),
    "activities": ("1671071005", "1671079999"),
    "targets": ("1671071005", "1671079999"),
}


@pytest.fixture
def bring(app, tmp_path):
    """Read a file as an import would; return why it was refused: code, values, bad cells."""
    cast = make_cast()

    def read(kind, content, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        if kind == "results":
            read_results(io.BytesIO(content), filename=name)
            return
        if kind == "extract":
            by = Signature(cast.actor("vera"), clock.now())
            reading = read_extract(GivenExtract(path, date(2026, 11, 1)), Shelf(), by=by)
            found = preview_extract(reading, by=by)
            if found.problems:
                raise TableRefused("table.bad_rows", {}, errors=tuple(found.problems))
            return
        act = {
            "branches": import_branches,
            "cadres": import_cadres,
            "activities": import_activities,
            "signups": import_signups,
            "targets": import_targets,
        }[kind]
        act(path, by=Signature(cast.actor("ratna"), clock.now()))

    def refused(*given):
        with pytest.raises(TableRefused) as caught:
            read(*given)
        found = caught.value
        return found.code, dict(found.values), [(one.line, one.code) for one in found.errors]

    return refused


def text_of(kind, letters=b"SITI"):
    head, row = (part.encode() for part in KINDS[kind])
    return head + b"\n" + row.replace(b"LETTERS", letters) + b"\n"


def book_of(kind, *, hidden=False, twice=False, formula=False):
    import csv

    rows = list(csv.reader(io.StringIO(text_of(kind).decode())))
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheets = [book.add_worksheet("Data"), book.add_worksheet("Lain")]
        for place, row in enumerate(rows):
            sheets[0].write_row(place, 0, row)
            if twice:
                sheets[1].write_row(place, 0, row)
        if formula:
            at = next(place for place, cell in enumerate(rows[1]) if "SITI" in cell)
            sheets[0].write_formula(1, at, '="S"&"ITI"', None, "SITI")
        if hidden:
            sheets[0].hide()
            sheets[1].activate()
    return buffer.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_broken_utf_8_is_named_by_line(bring, kind):
    code, values, _cells = bring(kind, text_of(kind) + text_of(kind, b"S\xc3").split(b"\n")[1] + b"\n")

    assert (code, values) == ("table.mixed_encoding", {"line": 3})


@pytest.mark.parametrize("kind", KINDS)
def test_broken_letters_are_named_by_line(bring, kind):
    _code, _values, cells = bring(kind, text_of(kind, "S\ufffd".encode()))

    assert cells == [(2, "cell.broken_letters")]


@pytest.mark.parametrize("kind", REGIONS)
def test_an_unknown_region_or_village_is_named_by_line(bring, kind):
    known, unknown = REGIONS[kind]

    _code, _values, cells = bring(kind, text_of(kind).replace(known.encode(), unknown.encode()))

    assert [line for line, _ in cells] == [2]
    assert cells[0][1] in {"people.unknown_region", "activities.unknown_village"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_person_would_not_see_in_a_workbook_is_refused_by_name(bring, kind):
    assert bring(kind, book_of(kind, hidden=True), "file.xlsx")[:2] == (
        "table.hidden_sheet",
        {"sheet": "Data"},
    )
    assert bring(kind, book_of(kind, twice=True), "file.xlsx")[:2] == (
        "table.more_sheets",
        {"sheets": "Lain"},
    )
    assert bring(kind, book_of(kind, formula=True), "file.xlsx")[2] == [(2, "cell.formula")]
    assert bring(kind, book_of(kind), "file.xlsm")[0] == "table.macros"
