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
from portal.tables import Column, ImportResult, open_table, values

_ZONE_WORDS = {zone: zone for zone in ZONES} | dict(zip(("WIB", "WITA", "WIT"), ZONES, strict=True))
Progress = Callable[[int], None]

COLUMNS: Final = (
    Column("branch_code", values.code(), ("kode_cabang",), required=True),
    Column("name", values.text(120), ("nama", "nama_cabang"), required=True),
    Column("regional_office", values.code(64), ("region_office", "kantor_wilayah", "kanwil")),
    Column("time_zone", values.choice(_ZONE_WORDS), ("zona_waktu", "zona")),
    Column("region_code", values.code(10), ("kode_wilayah", "kode_kabupaten_kota")),
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
    known = {branch.code: branch for branch in db.session.scalars(select(Branch))}
    offices = _read_offices()
    seen: dict[str, dict[str, Any]] = {}
    moved: list[int] = []
    stored = updated = skipped = 0
    with open_table(path, columns=COLUMNS, filename=filename) as table:
        for count, row in enumerate(table, 1):
            code, before = row["branch_code"], seen.get(row["branch_code"])
            if before is not None and before != row.values:
                table.problems.add(row.line, "branch_code", "people.twice_in_file", {"code": code})
                continue
            seen[code] = row.values
            branch = known.get(code)
            if branch is None and not _complete(table, row):
                continue
            if branch is not None and not _differs(branch, row, offices):
                skipped += 1
                continue
            stored, updated = stored + (branch is None), updated + (branch is not None)
            branch = branch or Branch(code=code)
            had = branch.regional_office_id
            _set(branch, row, offices)
            known[code] = branch
            db.session.add(branch)
            if had is not None and had != branch.regional_office_id:
                moved.append(branch.id)
            if progress:
                progress(count)
        table.problems.refuse()
        name = table.filename
    db.session.flush()
    for branch_id in moved:
        place_standings(branch_id=branch_id)
    audit.record(
        actor=actor,
        act="branches.imported",
        subject=("file", name[:64]),
        at=at,
        details={"stored": stored, "updated": updated, "skipped": skipped},
    )
    return ImportResult(stored=stored, updated=updated, skipped=skipped)


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
