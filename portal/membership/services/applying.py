"""Applying an official extract: stored, matched and, if asked, confirmed, in the caller's one transaction."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from portal import audit
from portal.database.extensions import db
from portal.database.locks import Turn, wait_for, without_lock
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import ZONES, local_date
from portal.membership.queries.candidates import ready
from portal.membership.services.confirming import confirm_matches, link_history
from portal.membership.services.history import contradict_history
from portal.membership.services.numbering import number_participants
from portal.membership.services.reading import ExtractFile
from portal.membership.services.results import (
    ExtractResult,
    GivenExtract,
    add_interrupted,
    find_import_row,
    keep_counts,
    record_result,
)
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

Progress = Callable[[int], None]
Pause = Callable[[], None]


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
    add_interrupted(result)
    counts = result.counts
    if confirm:
        counts.setdefault("validated", 0)
        _rest(result, pause)
        for validated in confirm_matches(by=by):
            counts["validated"] += validated
            _rest(result, pause)
        counts["disputed"] += refresh_live_signups(by=by)
    counts["ready"] = count_ready()
    result.applied = True
    record_result(result, by=by)
    return result


def _rest(result: ExtractResult, pause: Pause | None) -> None:
    """Keep the counts so far and let others write."""
    if pause is not None:
        keep_counts(result)
        pause()


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
    with without_lock():
        extract = ExtractFile(given.path, today=today, file_name=given.file_name)
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
    number = find_import_row(given, extract.file_name, skip_bad=skip_bad, by=by, import_id=import_id)
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
    counts |= match_all(people=staged.people, as_of=given.as_of, by=by)
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
