"""Activities from a file: history and open reports, all or nothing.

Rows are stored as version 0. Then the approved ones get their slots and points by date and reference, whatever
their order in the file, and all become version 1.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import Table, and_, case, func, select, update

from portal import audit, vault
from portal.activities.models import Activity
from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.points import ACTIVITY_TYPES, NO_RULES, activity_source
from portal.places.queries import normalise_village
from portal.points.models import PointsRule
from portal.points.services.posting import NewEntry, post_entries
from portal.signups.imports import bytewise
from portal.signups.imports.reading import ImportCadre, keep_new, read_cadres
from portal.tables import values
from portal.tables.headings import Column
from portal.tables.importing import Progress, Source, import_rows
from portal.tables.outcome import ImportResult
from portal.tables.problems import BadCell
from portal.tables.reading import Row
from portal.tables.reading import Table as File

POSTED_AT_ONCE: Final = 5000
MAX_ATTENDANCE: Final = 100_000


@lru_cache(maxsize=8192)
def village_cell(cell: str) -> str:
    """Parse a village code of 10 digits, dots optional, that must be in the list of regions; the cell may be empty."""
    code = values.clean(cell).replace(".", "")
    if len(code) != 10 or not (code.isascii() and code.isdigit()):
        raise BadCell("activities.bad_village", {"value": cell.strip()[:20]})
    try:
        return normalise_village(code)
    except RuleBroken:
        raise BadCell("activities.unknown_village", {"value": code}) from None


COLUMNS: Final = (
    Column("activity_ref", values.code(), ("nomor_kegiatan", "no_kegiatan"), required=True),
    Column("cadre_code", values.code(), ("kode_kader",), required=True),
    Column("type", values.choice(ACTIVITY_TYPES), ("jenis", "jenis_kegiatan"), required=True),
    Column("held_on", values.day, ("tanggal", "tanggal_kegiatan"), required=True),
    Column("village_code", village_cell, ("kode_desa", "kode_kelurahan")),
    Column("attendance", values.integer(0, MAX_ATTENDANCE), ("hadir", "jumlah_hadir")),
    Column("status", values.choice(("submitted", "approved"))),
)
_STORED: Final = (
    *("ref", "cadre_id", "branch_id", "type", "held_on", "village_code", "attendance", "status", "history"),
    *("submitted_at", "submitted_by", "decided_at", "decided_by", "flags", "body_hash", "version"),
)
_ACTIVITIES: Final = cast("Table", Activity.__table__)


def import_activities(
    source: Source, *, by: Signature, progress: Progress | None = None, filename: str = ""
) -> ImportResult:
    """Import activities; raise TableRefused, with the bad rows, if anything is wrong: then nothing is stored."""
    cadres = read_cadres(by.at)

    def take(table: File, batch: Sequence[Row]) -> tuple[int, int]:
        rows = list(_checked(table, batch, cadres=cadres, by=by))
        fresh = keep_new(table, rows, column="activity_ref", model=Activity)
        return bulk.fill(_ACTIVITIES, _STORED, [[row[name] for name in _STORED] for row in fresh]), 0

    done, name = import_rows(source, columns=COLUMNS, take=take, progress=progress, filename=filename)
    _reward(by=by)
    audit.record(
        by=by,
        act="activities.imported",
        subject=("file", name[:64]),
        details={"stored": done.stored, "skipped": done.skipped},
    )
    return done


def _checked(
    table: File, batch: Sequence[Any], *, cadres: dict[str, ImportCadre], by: Signature
) -> Iterator[dict[str, Any]]:
    """Yield the column values of the good rows; report the others."""
    for row in batch:
        cadre = cadres.get(row["cadre_code"])
        if cadre is None:
            values_of = {"code": row["cadre_code"]}
            table.problems.add(row.line, "cadre_code", "activities.unknown_cadre", values_of)
        elif row["held_on"] > cadre.today:
            day = f"{row['held_on']:%d/%m/%Y}"
            table.problems.add(row.line, "held_on", "activities.import_in_future", {"day": day})
        else:
            yield _values(row, cadre=cadre, by=by) | {"line": row.line}


def _values(row: Any, *, cadre: ImportCadre, by: Signature) -> dict[str, Any]:
    """Return the column values of a row; an approved row is history and counts as decided by the importer."""
    status = row["status"] or "submitted"
    history = status == "approved"
    said = [row[column.name] for column in COLUMNS[:-1]] + [status]
    return {
        "ref": row["activity_ref"],
        "cadre_id": cadre.id,
        "branch_id": cadre.branch_id,
        "type": row["type"],
        "held_on": row["held_on"],
        "village_code": row["village_code"],
        "attendance": row["attendance"],
        "status": status,
        "history": history,
        "submitted_at": by.at,
        "submitted_by": by.actor.user_id,
        "decided_at": by.at if history else None,
        "decided_by": by.actor.user_id if history else None,
        "flags": [],
        "body_hash": vault.fingerprint("body", "\n".join(map(str, said))),
        "version": 0,
    }


def _reward(*, by: Signature) -> None:
    """Give the approved new rows their slots, post their points, and end the staging."""
    staged = and_(Activity.version == 0, Activity.status == "approved")
    # Those of all new rows: a trigger notes their last reports when the rows are numbered below.
    named = select(Activity.cadre_id).where(Activity.version == 0)
    db.session.execute(
        select(Cadre.id).where(Cadre.id.in_(named)).order_by(Cadre.id).with_for_update(key_share=True),
    ).all()
    rules = db.session.execute(
        select(PointsRule.version, PointsRule.valid_from, PointsRule.document).order_by(
            PointsRule.valid_from
        ),
    ).all()
    versions = [
        (0, date.min, NO_RULES),
        *map(tuple, rules),
    ]  # each holds from its day on, none before the first
    for place, (version, begins, document) in enumerate(versions):
        ends = versions[place + 1][1] if place + 1 < len(versions) else date.max
        inside = and_(staged, Activity.held_on >= begins, Activity.held_on < ends)
        _take_slots(inside, document=document)
        _post(inside, version=version, by=by)
    change(update(Activity).where(Activity.version == 0).values(version=1))


def _take_slots(inside: Any, *, document: dict[str, Any]) -> None:
    """Number the new rows of each cadre's day after the slots already taken, by reference; the first ones earn."""
    used = (
        select(Activity.cadre_id, Activity.held_on, func.max(Activity.slot).label("used"))
        .where(Activity.slot.is_not(None))
        .group_by(Activity.cadre_id, Activity.held_on)
        .subquery("used")
    )
    day = (Activity.cadre_id, Activity.held_on)
    place = func.row_number().over(partition_by=day, order_by=bytewise(Activity.ref))
    ranked = (
        select(Activity.id, (func.coalesce(used.c.used, 0) + place).label("place"))
        .outerjoin(used, and_(used.c.cadre_id == Activity.cadre_id, used.c.held_on == Activity.held_on))
        .where(inside)
        .subquery("ranked")
    )
    earns = ranked.c.place <= int(document["activities_per_day"])
    worth = case(dict(document["activities"]), value=Activity.type, else_=0)
    change(
        update(Activity)
        .where(Activity.id == ranked.c.id)
        .values(slot=case((earns, ranked.c.place)), points_given=case((earns, worth), else_=0))
    )


def _post(inside: Any, *, version: int, by: Signature) -> None:
    """Post the points by date, then reference (rules.md 3.2)."""
    earning = (
        select(Activity.cadre_id, Activity.ref, Activity.points_given, Activity.held_on)
        .where(inside, Activity.slot.is_not(None))
        .order_by(Activity.held_on, bytewise(Activity.ref))
    )
    for part in db.session.execute(earning.execution_options(yield_per=POSTED_AT_ONCE)).partitions():
        entries = [
            NewEntry(cadre_id, "activity", activity_source(ref), points or 0, version, held_on)
            for cadre_id, ref, points, held_on in part
        ]
        post_entries(entries, by=by)
