"""Branches from a file: a code that is known is an update, an unknown regional office is added."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import select

from portal import audit
from portal.domain.actors import Actor
from portal.domain.months import ZONES
from portal.extensions import db
from portal.people.models import Branch, RegionalOffice
from portal.people.services.standings import place_standings
from portal.places.queries import find_place
from portal.tables import BadCell, Column, ImportResult, open_table, values

_ZONE_WORDS = {zone: zone for zone in ZONES} | dict(zip(("WIB", "WITA", "WIT"), ZONES, strict=True))
Progress = Callable[[int], None]


def _region(cell: str) -> str:
    """Parse a code of the list of regions, dots optional."""
    code = str(values.code(13)(cell)).replace(".", "")
    if find_place(code) is None:
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
    path: Path | str | IO[bytes],
    *,
    actor: Actor,
    at: datetime,
    progress: Progress | None = None,
    filename: str = "",
) -> ImportResult:
    """Import branches; raise TableRefused, with the bad rows, if anything is wrong: then nothing is stored.

    A cell that is empty leaves what is stored; a new branch needs its regional office and time zone.
    """
    store = _Store()
    with open_table(path, columns=COLUMNS, filename=filename) as table:
        for count, row in enumerate(table, 1):
            store.take(table, row)
            if progress:
                progress(count)
        table.problems.refuse()
        name = table.filename
    db.session.flush()
    for branch_id in store.moved:
        place_standings(branch_id=branch_id)
    done = ImportResult(store.stored, store.updated, store.skipped)
    details = {"stored": done.stored, "updated": done.updated, "skipped": done.skipped}
    audit.record(actor=actor, act="branches.imported", subject=("file", name[:64]), at=at, details=details)
    return done


class _Store:
    """Takes row after row, and counts what became of them."""

    def __init__(self) -> None:
        self.stored = self.updated = self.skipped = 0
        self.moved: list[int] = []
        self._known = {branch.code: branch for branch in db.session.scalars(select(Branch))}
        self._offices = _read_offices()
        self._seen: dict[str, dict[str, Any]] = {}

    def take(self, table: Any, row: Any) -> None:
        """Store or update a branch, leave it as it is, or note what is wrong with the row."""
        code = row["branch_code"]
        if self._seen.setdefault(code, row.values) != row.values:
            table.problems.add(row.line, "branch_code", "people.twice_in_file", {"code": code})
            return
        branch = self._known.get(code)
        if branch is None:
            if not _complete(table, row):
                return
            branch = self._known[code] = Branch(code=code)
            self.stored += 1
        elif _differs(branch, row, self._offices):
            self.updated += 1
        else:
            self.skipped += 1
            return
        had = branch.regional_office_id
        _set(branch, row, self._offices)
        db.session.add(branch)
        if had is not None and had != branch.regional_office_id:
            self.moved.append(branch.id)


def _read_offices() -> dict[str, RegionalOffice]:
    """Return the regional offices by name and by code; a code wins over another's name."""
    offices = db.session.scalars(select(RegionalOffice).order_by(RegionalOffice.id)).all()
    return {office.name: office for office in offices} | {office.code: office for office in offices}


def _complete(table: Any, row: Any) -> bool:
    """Note what a new branch lacks."""
    missing = [name for name in ("regional_office", "time_zone") if row[name] is None]
    for name in missing:
        table.problems.add(row.line, name, "cell.missing")
    return not missing


def _differs(branch: Branch, row: Any, offices: dict[str, RegionalOffice]) -> bool:
    """Tell whether a row says something new of a branch."""
    office = row["regional_office"]
    wanted = {"name": row["name"], "time_zone": row["time_zone"], "region_code": row["region_code"]}
    changed = any(value is not None and getattr(branch, name) != value for name, value in wanted.items())
    found = offices.get(office) if office is not None else None
    return changed or (office is not None and (found is None or found.id != branch.regional_office_id))


def _set(branch: Branch, row: Any, offices: dict[str, RegionalOffice]) -> None:
    """Write a row into a branch; its regional office is added where there is none."""
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
