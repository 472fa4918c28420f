"""Sign-ups from a file: history and open reports, all or nothing, each claim weighed against the others.

Rows are stored as version 0 and not live. Then the claims of each NIK are weighed together, validated rows first,
by date and reference, so that the order of rows in a file changes nothing. Only then do they become version 1.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, cast

from sqlalchemy import Table, collate, select, update
from sqlalchemy.sql.elements import ColumnElement

from portal import audit
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.points import signup_points, signup_source
from portal.points.queries import oldest_open_month, rules_on
from portal.points.services.posting import NewEntry, post_entries
from portal.signups.imports.reading import COLUMNS, ImportCadre, checked, keep_new, read_cadres
from portal.signups.imports.weighing import weigh_all
from portal.signups.models import SignUp
from portal.tables.importing import Progress, Source, import_rows
from portal.tables.outcome import ImportResult
from portal.tables.reading import Row
from portal.tables.reading import Table as File

__all__ = ["COLUMNS", "ImportCadre", "bytewise", "import_signups", "keep_new", "read_cadres"]

POSTED_AT_ONCE: Final = 5000
_STORED: Final = (
    *("ref", "cadre_id", "activity_ref", "reported_on", "name", "nik_sealed", "nik_hash", "nik_mask"),
    *("birth_date", "phone_sealed", "phone_hash", "kpj_sealed", "kpj_hash", "occupation", "programmes"),
    *("warnings", "status", "is_live", "history", "floor_month", "held_by_person", "outcome", "pack"),
    *("earned_on", "earned_month", "validated_at", "validated_by", "body_hash", "version", "created_at"),
    "created_by",
)
_SIGNUPS: Final = cast("Table", SignUp.__table__)


def bytewise(column: Any) -> ColumnElement[str]:
    """Order a text column by its bytes on either database."""
    sqlite = db.session.get_bind().dialect.name == "sqlite"
    return cast("ColumnElement[str]", column if sqlite else collate(column, "C"))


def import_signups(
    source: Source, *, by: Signature, progress: Progress | None = None, filename: str = ""
) -> ImportResult:
    """Import sign-ups; raise TableRefused, with the bad rows, if anything is wrong: then nothing is stored."""
    cadres, floor = read_cadres(by.at), oldest_open_month()

    def take(table: File, batch: Sequence[Row]) -> tuple[int, int]:
        rows = list(checked(table, batch, cadres=cadres, floor=floor, by=by))
        fresh = keep_new(table, rows, column="signup_ref", model=SignUp)
        return bulk.fill(_SIGNUPS, _STORED, [[row[name] for name in _STORED] for row in fresh]), 0

    def weigh(table: File) -> None:
        _name_lines(table, weigh_all(by=by))

    done, name = import_rows(
        source, columns=COLUMNS, take=take, check=weigh, progress=progress, filename=filename
    )
    _reward(by=by)
    audit.record(
        by=by,
        act="signups.imported",
        subject=("file", name[:64]),
        details={"stored": done.stored, "skipped": done.skipped},
    )
    return done


def _name_lines(table: File, refused: dict[str, RuleBroken]) -> None:
    """Find the lines of refused references by reading the file once more."""
    if not refused:
        return
    problems = [(row.line, refused[row["signup_ref"]]) for row in table if row["signup_ref"] in refused]
    for line, broken in problems:
        table.problems.add(line, "nik", broken.code, broken.values)


def _reward(*, by: Signature) -> None:
    """Post the points of history by date, then reference (rules.md 3.2), and end the staging."""
    staged = (
        select(SignUp.cadre_id, SignUp.ref, SignUp.pack, SignUp.earned_on)
        .where(SignUp.version == 0, SignUp.status == "validated")
        .order_by(SignUp.reported_on, bytewise(SignUp.ref))
    )
    rules: dict[date, tuple[int, dict[str, Any]]] = {}
    for part in db.session.execute(staged.execution_options(yield_per=POSTED_AT_ONCE)).partitions():
        entries = []
        for cadre_id, ref, pack, day in part:
            version, document = rules.setdefault(day, rules.get(day) or rules_on(day))
            points = signup_points(document, pack)
            entries.append(NewEntry(cadre_id, "signup", signup_source(ref), points, version, day))
        post_entries(entries, by=by)
    change(update(SignUp).where(SignUp.version == 0).values(version=1))
