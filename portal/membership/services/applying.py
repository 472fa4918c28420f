"""Applying an official extract: stored, matched and, if asked, confirmed, in the caller's one transaction."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

from portal import audit
from portal.database.extensions import db
from portal.database.guarded import change_one
from portal.database.locks import Turn, wait_for, without_lock
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import ZONES, local_date
from portal.membership.models import ExtractImport
from portal.membership.queries.candidates import ready
from portal.membership.services.confirming import confirm_matches, link_history
from portal.membership.services.history import contradict_history
from portal.membership.services.numbering import number_participants
from portal.membership.services.reading import ExtractFile, digest_of
from portal.membership.services.sealing import SealedNames, seal_names
from portal.membership.services.settling import match_all, refresh_live_signups
from portal.membership.services.staging import Staged, stage
from portal.membership.services.storing import (
    newest_participant,
    refresh_states,
    store_contributions,
    store_people,
    touched_participants,
)
from portal.signups.models import SignUp
from portal.tables.problems import RowError

_NEWS = (
    "participants_new",
    "participants_changed",
    "contributions_new",
    "conflicts_new",
    "states_changed",
    "linked",
    "contradicted",
    "matched",
    "unmatched",
    "rejected",
    "noted",
    "expired",
    "disputed",
    "left_dispute",
    "validated",
)
_UNFINISHED = "unfinished"  # among the counts: the application was interrupted, or still runs
Progress = Callable[[int], None]
Pause = Callable[[], None]


@dataclass(frozen=True)
class GivenExtract:
    """An extract as somebody gives it: its file, the day it shows, and the file's name where another kept it."""

    path: Path
    as_of: date
    file_name: str = ""


@dataclass
class ExtractResult:
    """What an extract contains and what applying it does: the file's profile, counts, bad rows."""

    as_of: date
    profile: dict[str, Any]
    counts: dict[str, int]
    bad_rows: int
    problems: list[RowError] = field(default_factory=list)
    import_id: int | None = None
    applied: bool = False

    @property
    def nothing_new(self) -> bool:
        """Tell whether everything was known already and nothing changed."""
        return not any(self.counts.get(name) for name in _NEWS)

    def document(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return {
            "as_of": self.as_of.isoformat(),
            "applied": self.applied,
            "nothing_new": self.nothing_new,
            "profile": {
                name: value.isoformat() if isinstance(value, date) else value
                for name, value in self.profile.items()
            },
            "counts": self.counts,
            "bad_rows": self.bad_rows,
            "problems": [asdict(problem) for problem in self.problems],
        }


def preview_extract(given: GivenExtract, *, by: Signature, progress: Progress | None = None) -> ExtractResult:
    """Show what applying would do, by doing it and rolling it back; bad rows are listed, not refused.

    Nothing stays written, so the counts are exactly those of applying it now.
    """
    reading = _read(given, by=by, progress=progress)
    undone = db.session.begin_nested()
    try:
        result = _store(reading, skip_bad=True, by=by)
        result.counts["ready"] = count_ready()
    finally:
        undone.rollback()
    result.import_id, result.applied = None, False
    return result


def apply_extract(
    given: GivenExtract,
    *,
    by: Signature,
    confirm: bool,
    skip_bad: bool = False,
    import_id: int | None = None,
    progress: Progress | None = None,
) -> ExtractResult:
    """Store an extract and match all open sign-ups; with confirmation, validate those that are certain and paid.

    The same file with the same as-of day again changes nothing. `import_id` is an upload's row. Raises TableRefused
    with the bad rows unless they are to be skipped.
    """
    reading = _read(given, by=by, progress=progress)
    result = _store(reading, skip_bad=skip_bad, by=by, import_id=import_id)
    return _finish(result, by=by, confirm=confirm)


def apply_in_steps(
    given: GivenExtract, *, by: Signature, skip_bad: bool, progress: Progress, pause: Pause
) -> ExtractResult:
    """Apply and confirm an extract as apply_extract() does, with pauses in which others may write.

    It is stored and matched as a whole; then each step confirms some thousand matches, as a person may by hand. What a
    step did stays. Who applies the same file again after an interruption goes on where it ended.
    """
    result = _store(_read(given, by=by, progress=progress), skip_bad=skip_bad, by=by)
    return _finish(result, by=by, confirm=True, pause=pause)


def _finish(
    result: ExtractResult, *, by: Signature, confirm: bool, pause: Pause | None = None
) -> ExtractResult:
    """Confirm if asked, and store the counts with those of an interrupted application of the same file."""
    counts, earlier = result.counts, _interrupted(result)
    for name in _NEWS:
        counts[name] = counts.get(name, 0) + earlier.get(name, 0)
    if confirm:
        _rest(result, pause)
        for validated in confirm_matches(by=by):
            counts["validated"] += validated
            _rest(result, pause)
        counts["disputed"] += refresh_live_signups(by=by)
    counts["ready"] = count_ready()
    result.applied = True
    _record(result, by=by)
    return result


def _rest(result: ExtractResult, pause: Pause | None) -> None:
    """Keep the counts so far and let others write."""
    if pause is not None:
        _row_of(result).counts = {**_shown(result), _UNFINISHED: True}
        pause()


def _interrupted(result: ExtractResult) -> dict[str, int]:
    """Return what an application of the same file had counted when it was interrupted, else nothing."""
    stored = _row_of(result).counts or {}
    if _UNFINISHED not in stored:
        return {}
    same = {name: stored[name] for name in result.counts if name in stored}
    result.counts |= {name: count for name, count in same.items() if name not in _NEWS}
    return same


def confirm_all(*, by: Signature, pause: Pause | None = None) -> int:
    """Validate every match that is certain, paid and not held, with pauses in between; return how many."""
    count = 0
    for validated in confirm_matches(by=by):
        count += validated
        if pause is not None:
            pause()
    refresh_live_signups(by=by)
    audit.record(by=by, act="extract.confirmed", subject=("extract", "all"), details={"validated": count})
    return count


def count_ready() -> int:
    """Count the matches that only wait for their confirmation."""
    return db.session.execute(select(func.count(SignUp.id)).where(*ready())).scalar_one()


def check_as_of(as_of: date, *, at: datetime) -> None:
    """Refuse an extract as of a day that has not begun in any zone."""
    if as_of > max(local_date(at, zone) for zone in ZONES):
        raise RuleBroken("extract.as_of_future", {"day": as_of.isoformat()})


@dataclass(frozen=True)
class _Reading:
    """An extract that has been read: its rows in temporary tables, and a sign of life for the parts that follow."""

    given: GivenExtract
    extract: ExtractFile
    staged: Staged
    names: SealedNames
    alive: Callable[[], None]


def _read(given: GivenExtract, *, by: Signature, progress: Progress | None) -> _Reading:
    """Read the file into temporary tables; on SQLite others may write meanwhile."""

    def alive() -> None:
        if progress is not None:
            progress(extract.profile.rows)

    check_as_of(given.as_of, at=by.at)
    wait_for(Turn.APPLY_EXTRACT)
    today = max(local_date(by.at, zone) for zone in ZONES)
    extract = ExtractFile(given.path, today=today, file_name=given.file_name)
    with without_lock():
        staged = stage(extract, progress=progress)
        alive()
        names = seal_names(staged.people, as_of=given.as_of)
    return _Reading(given, extract, staged, names, alive)


def _store(
    reading: _Reading, *, skip_bad: bool, by: Signature, import_id: int | None = None
) -> ExtractResult:
    """Do each part of the work; the progress after a part is its runner's sign of life."""
    given, extract, staged = reading.given, reading.extract, reading.staged
    if not skip_bad:
        extract.problems.refuse()
    number = _import_row(given, extract.file_name, skip_bad=skip_bad, by=by, import_id=import_id)
    known = newest_participant()
    counts = store_people(staged, reading.names, import_id=number, as_of=given.as_of)
    counts["participants"] = _rows_of(staged.people)
    reading.alive()
    counts |= store_contributions(staged, import_id=number)
    reading.alive()
    counts["states_changed"] = refresh_states(import_id=number, known=known)
    db.session.expire_all()
    counts |= link_history(by=by)
    for ids in touched_participants(number):
        number_participants(ids, by=by)
        reading.alive()
    counts["contradicted"] += contradict_history(by=by)
    counts |= match_all(staged.people, as_of=given.as_of, by=by)
    for table in (staged.people, staged.paid):
        table.drop(db.session.connection())
    return ExtractResult(
        as_of=given.as_of,
        profile=asdict(extract.profile),
        counts=counts,
        bad_rows=extract.problems.rows,
        problems=extract.problems.errors,
        import_id=number,
    )


def _rows_of(table: Any) -> int:
    return db.session.execute(select(func.count()).select_from(table)).scalar_one()


def _import_row(
    given: GivenExtract, file_name: str, *, skip_bad: bool, by: Signature, import_id: int | None
) -> int:
    """Return the import that this application counts as: the first one of the same file and day."""
    row, as_of = ExtractImport, given.as_of
    digest = digest_of(given.path)
    known = db.session.execute(
        select(func.min(row.id)).where(row.sha256 == digest, row.as_of == as_of, row.status == "applied"),
    ).scalar_one()
    if known is not None:
        return int(known)
    values = {"status": "applied", "applied_by": by.actor.user_id, "applied_at": by.at, "skip_bad": skip_bad}
    if import_id is not None:
        waiting = update(row).where(row.id == import_id, row.status.in_(("uploaded", "previewed")))
        change_one(waiting.values(**values, as_of=as_of), otherwise=RuleBroken("membership.extract_done"))
        return import_id
    values |= {"file_name": file_name[:200], "sha256": digest, "as_of": as_of}
    values |= {"uploaded_by": by.actor.user_id, "uploaded_at": by.at}
    made = db.session.execute(insert(row).values(values).returning(row.id)).scalar_one()
    return int(made)


def _record(result: ExtractResult, *, by: Signature) -> None:
    """Store the counts with the import and audit it, unless the file was known and changed nothing."""
    row = _row_of(result)
    stored = row.counts or {}
    if stored.get("rows") and _UNFINISHED not in stored and result.nothing_new:
        return
    row.counts = _shown(result)
    row.problems = result.document()["problems"]
    db.session.flush()
    details = {
        name: result.counts.get(name, 0) for name in ("contributions_new", "validated", "conflicts_new")
    }
    audit.record(
        by=by,
        act="extract.applied",
        subject=("extract", row.id),
        details={"as_of": result.as_of.isoformat(), **details},
    )


def _row_of(result: ExtractResult) -> ExtractImport:
    return db.session.get_one(ExtractImport, result.import_id)


def _shown(result: ExtractResult) -> dict[str, Any]:
    """Return what is shown of an import: its counts and the file's profile."""
    return {**result.counts, **result.document()["profile"], "bad_rows": result.bad_rows}
