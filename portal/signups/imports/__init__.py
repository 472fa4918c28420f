"""Sign-ups from a file: history and open reports, all or nothing, each claim set beside the others.

Rows are stored as version 0 and not live, then the claims of one NIK are weighed together, validated rows first
and by date and reference: the order of rows in a file changes nothing. Only then they get version 1.
"""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final, cast

from sqlalchemy import Table, collate, select, update
from sqlalchemy.sql.elements import ColumnElement

from portal import audit, bulk
from portal.domain.actors import Actor
from portal.domain.errors import RuleBroken
from portal.domain.points import signup_points
from portal.extensions import db
from portal.points.queries import oldest_open_month, rules_on
from portal.points.services import NewEntry, post_entries
from portal.signups.imports.reading import COLUMNS, CadreCard, checked, keep_new, read_cadres
from portal.signups.imports.weighing import weigh_all
from portal.signups.models import SignUp
from portal.tables import ImportResult, open_table
from portal.tables import Table as File

__all__ = ["COLUMNS", "CadreCard", "bytewise", "import_signups", "keep_new", "read_cadres"]

BATCH: Final = 2000
POSTED_AT_ONCE: Final = 5000
Progress = Callable[[int], None]
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
    path: Path | str | IO[bytes],
    *,
    actor: Actor,
    at: datetime,
    progress: Progress | None = None,
    filename: str = "",
) -> ImportResult:
    """Import sign-ups; raise TableRefused, with the bad rows, if anything is wrong: then nothing is stored."""
    cadres, floor = read_cadres(at), oldest_open_month()
    seen = stored = 0
    with open_table(path, columns=COLUMNS, filename=filename) as table:
        for batch in bulk.batches(table, BATCH):
            seen += len(batch)
            rows = list(checked(table, batch, cadres=cadres, floor=floor, actor=actor, at=at))
            fresh = keep_new(table, rows, column="signup_ref", model=SignUp)
            stored += bulk.fill(_SIGNUPS, _STORED, [[row[name] for name in _STORED] for row in fresh])
            if progress:
                progress(seen)
        if not table.problems:
            refused = weigh_all(actor=actor, at=at)
            _name_lines(table, refused)
        table.problems.errors.sort(key=lambda error: error.line)
        table.problems.refuse()
        name = table.filename
    _reward(actor=actor, at=at)
    audit.record(
        actor=actor,
        act="signups.imported",
        subject=("file", name[:64]),
        at=at,
        details={"stored": stored, "skipped": seen - stored},
    )
    return ImportResult(stored=stored, skipped=seen - stored)


def _name_lines(table: File, refused: dict[str, RuleBroken]) -> None:
    """Find the lines of refused references by reading the file once more."""
    if not refused:
        return
    problems = [(row.line, refused[row["signup_ref"]]) for row in table if row["signup_ref"] in refused]
    for line, broken in problems:
        table.problems.add(line, "nik", broken.code, broken.values)


def _reward(*, actor: Actor, at: datetime) -> None:
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
            entries.append(NewEntry(cadre_id, "signup", f"signup:{ref}", points, version, day))
        post_entries(entries, actor=actor, at=at)
    db.session.execute(
        update(SignUp).where(SignUp.version == 0).values(version=1),
        execution_options={"synchronize_session": False},
    )
