"""Estimates of villages from a file: an update for the same village and year, all or nothing."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select, update

from portal import audit
from portal.activities.imports import village_cell
from portal.coverage.models import FOR_EVER, VillageEstimate
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.locks import Turn, wait_for
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.tables import values
from portal.tables.headings import Column
from portal.tables.importing import Progress, Source, import_rows
from portal.tables.outcome import ImportResult
from portal.tables.reading import Row, Table

MOST: Final = 10_000_000  # people in a village; more is a cell in the wrong column
_YEARS: Final = (2000, 2100)
Key = tuple[str, int]

COLUMNS: Final = (
    Column("village_code", village_cell, ("kode_desa", "kode_kelurahan"), required=True),
    Column("year", values.integer(*_YEARS), ("tahun",), required=True),
    Column(
        "informal_workers",
        values.integer(0, MOST),
        ("pekerja_informal", "perkiraan_pekerja_informal"),
        required=True,
    ),
    Column("target", values.integer(0, MOST), ("sasaran", "target_peserta")),
    Column("source", values.text(200), ("sumber",), required=True),
)
_NAMES: Final = tuple(column.name for column in COLUMNS)
_SAID: Final = _NAMES[2:]


def import_targets(
    source: Source, *, by: Signature, progress: Progress | None = None, filename: str = ""
) -> ImportResult:
    """Import estimates; raise TableRefused, with the bad rows, if anything is wrong: then nothing is stored.

    One import at a time: each has to see the other's years, to know how long an estimate holds.
    """
    wait_for(Turn.IMPORT_TARGETS)
    store = _Store()
    done, name = import_rows(source, columns=COLUMNS, take=store.take, progress=progress, filename=filename)
    details = {"stored": done.stored, "updated": done.updated, "skipped": done.skipped}
    audit.record(by=by, act="targets.imported", subject=("file", name[:64]), details=details)
    return done


class _Store:
    """Stores the estimates of a file, batch by batch."""

    def __init__(self) -> None:
        self._seen: dict[Key, tuple[Any, ...]] = {}

    def take(self, table: Table, batch: Sequence[Row]) -> tuple[int, int]:
        """Take a batch of rows; return how many estimates were added, and how many changed."""
        known = _known({row["village_code"] for row in batch})
        wanted: dict[Key, tuple[Any, ...]] = {}
        for row in batch:
            key, said = (row["village_code"], row["year"]), tuple(row[name] for name in _SAID)
            if self._seen.setdefault(key, said) != said:
                about = {"code": key[0], "year": key[1]}
                table.problems.add(row.line, "village_code", "coverage.twice_in_file", about)
            elif known.get(key) != said:
                wanted[key] = said
        _put(wanted)
        _follow({code for code, _year in wanted.keys() - known.keys()})
        changed = len(wanted.keys() & known.keys())
        return len(wanted) - changed, changed


def _known(codes: set[str]) -> dict[Key, tuple[Any, ...]]:
    """Return what is stored of these villages."""
    columns = (getattr(VillageEstimate, name) for name in _NAMES)
    query = select(*columns).where(VillageEstimate.village_code.in_(codes))
    return {(code, year): tuple(said) for code, year, *said in db.session.execute(query)}


def _put(wanted: dict[Key, tuple[Any, ...]]) -> None:
    """Store estimates in place of those of the same village and year, in order, so that two imports never deadlock."""
    if not wanted:
        return
    insert = insert_into(VillageEstimate)
    new = {name: insert.excluded[name] for name in _SAID}
    statement = insert.on_conflict_do_update(index_elements=["village_code", "year"], set_=new)
    rows = [
        {"last_year": FOR_EVER} | dict(zip(_NAMES, (*key, *said), strict=True))
        for key, said in sorted(wanted.items())
    ]
    db.session.execute(statement, rows)


def _follow(codes: set[str]) -> None:
    """Let each estimate of these villages hold until the year before the next one."""
    if not codes:
        return
    one, later = VillageEstimate.__table__.c, VillageEstimate.__table__.alias("later")
    following = select(func.min(later.c.year) - 1).where(
        later.c.village_code == one.village_code, later.c.year > one.year
    )
    last = func.coalesce(following.scalar_subquery(), FOR_EVER)
    change(update(VillageEstimate).where(VillageEstimate.village_code.in_(codes)).values(last_year=last))
