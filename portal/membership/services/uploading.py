"""Extracts uploaded through the page: kept until applied, previewed, then applied or discarded."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from portal import audit, jobs, storage
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.membership.models import ExtractImport
from portal.membership.services.applying import (
    Progress,
    apply_extract,
    check_as_of,
    preview_extract,
)
from portal.membership.services.reading import digest_of
from portal.membership.services.results import ExtractResult, GivenExtract
from portal.tables.problems import TableRefused

LARGE = 3_000_000  # bytes; the scheduler works on larger files


def upload_extract(*, data: bytes, file_name: str, as_of: date, by: Signature) -> tuple[int, bool]:
    """Keep an uploaded extract; return its number and whether it is large enough for a job."""
    check_as_of(as_of, at=by.at)
    if not data:
        raise RuleBroken("table.empty")
    suffix = ".xlsx" if data[:2] == b"PK" else ".csv"
    stored = storage.save(data, kind="extract", suffix=suffix)
    shown = "".join(sign for sign in file_name if sign.isprintable())[:200] or f"extract{suffix}"
    values = {"file_name": shown, "stored_name": stored, "as_of": as_of}
    values |= {"status": "uploaded", "uploaded_by": by.actor.user_id, "uploaded_at": by.at}
    values["sha256"] = digest_of(storage.path_of(stored))
    made = db.session.execute(insert(ExtractImport).values(values).returning(ExtractImport.id)).scalar_one()
    details = {"as_of": as_of.isoformat(), "bytes": len(data)}
    audit.record(by=by, act="extract.uploaded", subject=("extract", made), details=details)
    large = len(data) > LARGE
    if large:
        lines = data.count(b"\n") if suffix == ".csv" else 0
        _enqueue(int(made), "extract_preview", {}, total=lines, by=by)
    return int(made), large


def _enqueue(number: int, kind: str, more: Mapping[str, Any], *, total: int, by: Signature) -> None:
    arguments = {"import_id": number, **more}
    row = _lock(number)
    row.job_id = jobs.enqueue(kind=kind, arguments=arguments, total=total, by=by)
    db.session.flush()


def _lock(number: int) -> ExtractImport:
    query = select(ExtractImport).where(ExtractImport.id == number).with_for_update()
    row = db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()
    if row is None:
        raise NotFound("membership.no_such_extract")
    return row


def _lock_waiting(number: int) -> ExtractImport:
    row = _lock(number)
    if row.status not in {"uploaded", "previewed"} or row.stored_name is None:
        raise RuleBroken("membership.extract_done")
    if not storage.path_of(row.stored_name).is_file():
        raise RuleBroken("membership.file_gone")
    return row


def _given(row: ExtractImport) -> GivenExtract:
    return GivenExtract(storage.path_of(str(row.stored_name)), row.as_of, row.file_name)


def preview_upload(*, import_id: int, by: Signature, progress: Progress | None = None) -> bool:
    """Read an uploaded extract and store what applying it would do; False if the file is refused as a whole."""
    row = _lock_waiting(import_id)
    stored, given = str(row.stored_name), _given(row)
    try:
        result = preview_extract(given, by=by, progress=progress)
    except TableRefused as refused:
        row = _lock_waiting(import_id)
        row.status, row.stored_name = "refused", None
        row.counts = {"refused": refused.code, "values": {k: str(v) for k, v in refused.values.items()}}
        db.session.flush()
        storage.delete_when_committed(stored)
        return False
    _lock_waiting(import_id)  # on SQLite others wrote while the file was read: it may be discarded by now
    _store_result(import_id, result, status="previewed")
    return True


def _store_result(import_id: int, result: ExtractResult, *, status: str) -> None:
    row = _lock(import_id)
    document = result.document()
    row.status = status
    row.counts = {**document["profile"], **result.counts, "bad_rows": result.bad_rows}
    row.counts["nothing_new"] = result.nothing_new
    row.problems = document["problems"]
    db.session.flush()


def apply_upload(
    *, import_id: int, skip_bad: bool, by: Signature, now: bool = False, progress: Progress | None = None
) -> ExtractResult | None:
    """Apply an uploaded extract without confirming; a large one becomes a job (None) unless `now`.

    Refused if the preview found bad rows and they are not to be skipped.
    """
    row = _lock_waiting(import_id)
    bad = (row.counts or {}).get("bad_rows", 0) if row.status == "previewed" else 0
    if bad and not skip_bad:
        raise RuleBroken("extract.tick_to_skip", {"count": bad})
    stored, given = str(row.stored_name), _given(row)
    if not now and given.path.stat().st_size > LARGE:
        total = int((row.counts or {}).get("rows", 0))
        _enqueue(import_id, "extract_apply", {"skip_bad": skip_bad}, total=total, by=by)
        return None
    result = apply_extract(
        given, by=by, confirm=False, skip_bad=skip_bad, import_id=import_id, progress=progress
    )
    again = result.import_id != import_id
    _store_result(import_id, result, status="discarded" if again else "applied")
    _lock(import_id).stored_name = None
    db.session.flush()
    storage.delete_when_committed(stored)
    return result


def applied_counts(number: int) -> dict[str, Any] | None:
    """Return the counts of an applied upload; None if it is not applied."""
    row = _lock(number)
    return dict(row.counts or {}) if row.status == "applied" else None


def discard_upload(*, import_id: int, by: Signature) -> None:
    """Discard an uploaded extract; its file is deleted."""
    row = _lock_waiting(import_id)
    stored = str(row.stored_name)
    row.status, row.stored_name = "discarded", None
    db.session.flush()
    audit.record(by=by, act="extract.discarded", subject=("extract", import_id))
    storage.delete_when_committed(stored)
