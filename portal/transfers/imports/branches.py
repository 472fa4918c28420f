"""Branches from a file: a known code is an update, an unknown regional office is added."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from portal import audit
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.months import ZONES
from portal.organisation.boards import touch_boards
from portal.organisation.models import Branch, RegionalOffice
from portal.places.queries import find_region
from portal.points.services.rebuilding import place_standings
from portal.tables import values
from portal.tables.headings import Column
from portal.tables.importing import Progress, Source, import_rows
from portal.tables.outcome import ImportResult
from portal.tables.problems import BadCell
from portal.tables.reading import Row, Table

_ZONE_WORDS = {zone: zone for zone in ZONES} | dict(zip(("WIB", "WITA", "WIT"), ZONES, strict=True))


def _region(cell: str) -> str:
    """Parse a region code, dots optional, that must be in the list of regions."""
    code = str(values.code(13)(cell)).replace(".", "")
    if find_region(code) is None:
        raise BadCell("people.unknown_region", {"value": code})
    return code


COLUMNS: Final = (
    Column("branch_code", values.code(), ("kode_cabang",), required=True),
    Column("name", values.text(120), ("nama", "nama_cabang"), required=True),
    Column("regional_office", values.code(64), ("region_office", "kantor_wilayah", "kanwil")),
    Column("time_zone", values.choice(_ZONE_WORDS), ("zona_waktu", "zona")),
    Column("region_code", _region, ("kode_wilayah", "kode_kabupaten_kota")),
)


def import_branches(
    source: Source, *, by: Signature, progress: Progress | None = None, filename: str = ""
) -> ImportResult:
    """Import branches; raise TableRefused, with the bad rows, if anything is wrong: then nothing is stored.

    An empty cell leaves what is stored; a new branch needs its regional office and time zone.
    """
    store = _Store()
    done, name = import_rows(source, columns=COLUMNS, take=store.take, progress=progress, filename=filename)
    db.session.flush()
    for branch_id in store.moved:
        place_standings(branch_id=branch_id)
    details = {"stored": done.stored, "updated": done.updated, "skipped": done.skipped}
    audit.record(by=by, act="branches.imported", subject=("file", name[:64]), details=details)
    return done


class _Store:
    """Stores the branches of a file, row by row."""

    def __init__(self) -> None:
        self.moved: list[int] = []
        self._known = {branch.code: branch for branch in db.session.scalars(select(Branch))}
        self._offices = _read_offices()
        self._seen: dict[str, dict[str, Any]] = {}

    def take(self, table: Table, batch: Sequence[Row]) -> tuple[int, int]:
        """Take a batch of rows; return how many branches were added, and how many changed."""
        acts = Counter(self._take_row(table, row) for row in batch)
        return acts["stored"], acts["updated"]

    def _take_row(self, table: Table, row: Row) -> str:
        """Store or update a branch, leave it as it is, or report what is wrong with the row; say which."""
        code = row["branch_code"]
        if self._seen.setdefault(code, row.values) != row.values:
            table.problems.add(row.line, "branch_code", "people.twice_in_file", {"code": code})
            return "wrong"
        branch = self._known.get(code)
        if branch is None:
            if not _complete(table, row):
                return "wrong"
            branch = self._known[code] = Branch(code=code)
            act = "stored"
        elif _differs(branch, row, self._offices):
            act = "updated"
        else:
            return "skipped"
        had = branch.regional_office_id
        _set(branch, row, self._offices)
        db.session.add(branch)
        if had is not None and had != branch.regional_office_id:
            self.moved.append(branch.id)
        return act


def _read_offices() -> dict[str, RegionalOffice]:
    """Return the regional offices by name and by code; a code wins over another's name."""
    offices = db.session.scalars(select(RegionalOffice).order_by(RegionalOffice.id)).all()
    return {office.name: office for office in offices} | {office.code: office for office in offices}


def _complete(table: Table, row: Row) -> bool:
    """Note what a new branch lacks."""
    missing = [name for name in ("regional_office", "time_zone") if row[name] is None]
    for name in missing:
        table.problems.add(row.line, name, "cell.missing")
    return not missing


def _differs(branch: Branch, row: Any, offices: dict[str, RegionalOffice]) -> bool:
    """Tell whether a row changes a branch."""
    office = row["regional_office"]
    wanted = {"name": row["name"], "time_zone": row["time_zone"], "region_code": row["region_code"]}
    changed = any(value is not None and getattr(branch, name) != value for name, value in wanted.items())
    found = offices.get(office) if office is not None else None
    return changed or (office is not None and (found is None or found.id != branch.regional_office_id))


def _set(branch: Branch, row: Any, offices: dict[str, RegionalOffice]) -> None:
    """Write a row into a branch; its regional office is added if there is none."""
    touch_boards()
    branch.name = row["name"]
    branch.time_zone = row["time_zone"] or branch.time_zone
    branch.region_code = row["region_code"] or branch.region_code
    office = row["regional_office"]
    if office is None:
        return
    if office not in offices:
        offices[office] = RegionalOffice(code=office, name=office)
        db.session.add(offices[office])
        db.session.flush()
    branch.regional_office_id = offices[office].id
