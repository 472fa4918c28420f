"""Rows of a file as column values: errors are reported by line, stored rows are left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import ZONES, local_date, month_of
from portal.domain.reports import ReportedSignUp
from portal.organisation.models import Branch
from portal.signups.services.report import Values, sealed_values
from portal.tables import values
from portal.tables.headings import Column
from portal.tables.problems import BadCell
from portal.tables.reading import Table as File

COLUMNS: Final = (
    Column("signup_ref", values.code(), ("nomor_pendaftaran", "no_pendaftaran"), required=True),
    Column("cadre_code", values.code(), ("kode_kader",), required=True),
    Column("reported_on", values.day, ("tanggal_lapor", "tanggal"), required=True),
    Column("name", values.text(120), ("nama",), required=True),
    Column("nik", values.identifier(), required=True),
    Column("birth_date", values.day, ("tanggal_lahir", "tgl_lahir"), required=True),
    Column("phone", values.identifier(), ("telepon", "hp", "nomor_hp", "no_hp")),
    Column("occupation", values.text(80), ("pekerjaan",)),
    Column("programmes", values.text(40), ("program",), required=True),
    Column("kpj", values.identifier()),
    Column("activity_ref", values.code(), ("nomor_kegiatan", "no_kegiatan")),
    Column("status", values.choice(("reported", "validated")), required=True),
)
# The column that a refusal concerns, by the first part of its code.
_COLUMN_OF: Final = {"nik": "nik", "phone": "phone", "kpj": "kpj", "pack": "programmes", "text": "name"}


@dataclass(frozen=True, slots=True)
class ImportCadre:
    """What an import needs to know of a cadre; `today` is the local date in the cadre's branch."""

    id: int
    branch_id: int
    nik_hash: bytes | None
    phone_hash: bytes | None
    today: date


def read_cadres(at: datetime) -> dict[str, ImportCadre]:
    """Read all cadres by code: an import names any of them."""
    today = {zone: local_date(at, zone) for zone in ZONES}
    rows = db.session.execute(
        select(
            Cadre.code, Cadre.id, Cadre.branch_id, Cadre.nik_hash, Cadre.phone_hash, Branch.time_zone
        ).join(Branch, Branch.id == Cadre.branch_id),
    )
    return {
        row.code: ImportCadre(row.id, row.branch_id, row.nik_hash, row.phone_hash, today[row.time_zone])
        for row in rows
    }


def keep_new(table: File, rows: Sequence[Values], *, column: str, model: Any) -> list[Values]:
    """Leave out rows that are already stored; report those whose reference has other content."""
    known: dict[str, bytes] = dict(
        db.session.execute(
            select(model.ref, model.body_hash).where(model.ref.in_([row["ref"] for row in rows])),
        )
        .tuples()
        .all(),
    )
    fresh = []
    for row in rows:
        before = known.get(row["ref"])
        if row["ref"] not in known:
            known[row["ref"]] = row["body_hash"]
            fresh.append(row)
        elif before != row["body_hash"]:
            code = f"{model.__tablename__}.other_content"
            table.problems.add(row["line"], column, code, {"ref": row["ref"]})
    return fresh


def checked(
    table: File, batch: Sequence[Any], *, cadres: dict[str, ImportCadre], floor: str | None, by: Signature
) -> Iterator[Values]:
    """Yield the column values of the good rows; report the others."""
    for row in batch:
        try:
            cadre = _cadre_of(row, cadres)
            yield _values(row, cadre=cadre, floor=floor, by=by) | {"line": row.line}
        except BadCell as bad:
            table.problems.add(row.line, bad.column, bad.code, bad.values)
        except RuleBroken as broken:
            column = _COLUMN_OF.get(broken.code.partition(".")[0], "")
            table.problems.add(row.line, column, broken.code, broken.values)


def _cadre_of(row: Any, cadres: dict[str, ImportCadre]) -> ImportCadre:
    """Return the cadre of a row; raise BadCell if unknown, or if the row's day has not come in the cadre's branch."""
    cadre = cadres.get(row["cadre_code"])
    if cadre is None:
        raise BadCell("signups.unknown_cadre", {"code": row["cadre_code"]}, column="cadre_code")
    if row["reported_on"] > cadre.today:
        day = f"{row['reported_on']:%d/%m/%Y}"
        raise BadCell("signups.in_future", {"day": day}, column="reported_on")
    return cadre


def _values(row: Any, *, cadre: ImportCadre, floor: str | None, by: Signature) -> Values:
    """Return the column values of a row: a validated one is history and fixes its date and pack at once."""
    names = ("name", "nik", "birth_date", "programmes", "reported_on", "phone", "occupation", "kpj")
    said = sealed_values(
        ReportedSignUp(ref=row["signup_ref"], **{name: row[name] for name in names}),
        cadre=cadre,
        content=(row["signup_ref"], row["cadre_code"], row["activity_ref"], row["status"]),
    )
    history = row["status"] == "validated"
    day = row["reported_on"]
    return said | {
        "activity_ref": row["activity_ref"],
        "status": row["status"],
        "is_live": False,
        "history": history,
        "floor_month": floor if history else None,
        "held_by_person": False,
        "outcome": "new" if history else None,
        "pack": said["programmes"] if history else None,
        "earned_on": day if history else None,
        "earned_month": month_of(day) if history else None,
        "validated_at": by.at if history else None,
        "validated_by": by.actor.user_id if history else None,
        "version": 0,
        "created_at": by.at,
        "created_by": by.actor.user_id,
    }
