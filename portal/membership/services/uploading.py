"""Extracts uploaded through the page: kept until applied, previewed, then applied or discarded."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from portal import audit, jobs, storage
from portal.database.extensions import db
from portal.database.shelf import Shelf
from portal.database.steps import Steps
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.membership.models import ExtractImport
from portal.membership.services.applying import (
    Progress,
    Reading,
    apply_in_steps,
    check_as_of,
    preview_extract,
    read_extract,
)
from portal.membership.services.reading import digest_of
from portal.membership.services.results import ExtractResult, GivenExtract, is_begun
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
    return _require_waiting(_lock(number))


def _get_waiting(number: int) -> ExtractImport:
    row = db.session.get(ExtractImport, number, populate_existing=True)
    if row is None:
        raise NotFound("membership.no_such_extract")
    return _require_waiting(row)


def _require_waiting(row: ExtractImport) -> ExtractImport:
    if row.status not in {"uploaded", "previewed"} or row.stored_name is None:
        raise RuleBroken("membership.extract_done")
    if not storage.path_of(row.stored_name).is_file():
        raise RuleBroken("membership.file_gone")
    return row


def _given(row: ExtractImport) -> GivenExtract:
    return GivenExtract(storage.path_of(str(row.stored_name)), row.as_of, row.file_name)


def read_upload(
    *, import_id: int, shelf: Shelf, by: Signature, progress: Progress | None = None
) -> Reading | TableRefused:
    """Read an uploaded extract onto the shelf; a file that is refused as a whole is returned as its refusal."""
    given = _given(_get_waiting(import_id))
    if db.session.get_bind().dialect.name == "sqlite":
        return _read(given, shelf, by=by, progress=progress)
    with db.session.begin_nested() as undone:  # a refusal half-way does not spoil the transaction
        found = _read(given, shelf, by=by, progress=progress)
        if isinstance(found, TableRefused):
            undone.rollback()
    return found


def _read(
    given: GivenExtract, shelf: Shelf, *, by: Signature, progress: Progress | None
) -> Reading | TableRefused:
    try:
        return read_extract(given, shelf, by=by, progress=progress)
    except TableRefused as refused:
        return refused


def preview_upload(reading: Reading | TableRefused, *, import_id: int, by: Signature) -> bool:
    """Store what applying an upload would do; False if the file is refused as a whole."""
    row = _lock_waiting(import_id)  # it may have been discarded while it was read
    if isinstance(reading, TableRefused):
        stored = str(row.stored_name)
        row.status, row.stored_name = "refused", None
        row.counts = {"refused": reading.code, "values": {k: str(v) for k, v in reading.values.items()}}
        db.session.flush()
        storage.delete_when_committed(stored)
        return False
    result = preview_extract(reading, by=by)
    if not is_begun(_lock_waiting(import_id)):
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


def enqueue_upload(*, import_id: int, skip_bad: bool, by: Signature) -> bool:
    """Let the scheduler apply an upload if it is large; False if it is to be applied at once.

    Refused if the preview found bad rows and they are not to be skipped.
    """
    row = _lock_waiting(import_id)
    bad = (row.counts or {}).get("bad_rows", 0) if row.status == "previewed" else 0
    if bad and not skip_bad:
        raise RuleBroken("extract.tick_to_skip", {"count": bad})
    large = _given(row).path.stat().st_size > LARGE
    if large:
        total = int((row.counts or {}).get("rows", 0))
        _enqueue(import_id, "extract_apply", {"skip_bad": skip_bad}, total=total, by=by)
    return large


def apply_upload(
    reading: Reading | TableRefused, *, import_id: int, skip_bad: bool, by: Signature
) -> Steps[ExtractResult]:
    """Apply an upload that was read, without confirming."""
    if isinstance(reading, TableRefused):
        raise reading
    stored = str(_lock_waiting(import_id).stored_name)
    result = yield from apply_in_steps(reading, by=by, confirm=False, skip_bad=skip_bad, import_id=import_id)
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
    if is_begun(row):
        raise RuleBroken("membership.extract_begun")
    stored = str(row.stored_name)
    row.status, row.stored_name = "discarded", None
    db.session.flush()
    audit.record(by=by, act="extract.discarded", subject=("extract", import_id))
    storage.delete_when_committed(stored)
