"""Applying an official extract: read without a lock, then stored, matched and, if asked, confirmed in steps."""

from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from portal import audit
from portal.database.extensions import db
from portal.database.locks import Turn, wait_for
from portal.database.shelf import Shelf
from portal.database.steps import Steps, run_through
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import ZONES, local_date
from portal.membership.queries.candidates import ready
from portal.membership.services.assigning import link_history
from portal.membership.services.confirming import confirm_matches
from portal.membership.services.history import contradict_history
from portal.membership.services.numbering import number_participants
from portal.membership.services.reading import ExtractFile
from portal.membership.services.results import (
    Application,
    ExtractResult,
    GivenExtract,
    begin,
    keep,
    plain,
    record_result,
)
from portal.membership.services.sealing import SealedNames, seal_names
from portal.membership.services.settling import match_all, refresh_live_signups
from portal.membership.services.staging import Staged, stage
from portal.membership.services.storing import newest_participant, store_rows, touched_participants
from portal.signups.models import SignUp

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Reading:
    """An extract that has been read: its rows on the shelf, and a sign of life for the parts that follow."""

    given: GivenExtract
    extract: ExtractFile
    staged: Staged
    names: SealedNames
    alive: Callable[[], None]


def read_extract(
    given: GivenExtract, shelf: Shelf, *, by: Signature, progress: Progress | None = None
) -> Reading:
    """Read the file onto the shelf; on SQLite others may write meanwhile."""

    def alive() -> None:
        if progress is not None:
            progress(extract.profile.rows)

    check_as_of(given.as_of, at=by.at)
    wait_for(Turn.APPLY_EXTRACT)
    today = max(local_date(by.at, zone) for zone in ZONES)
    extract = ExtractFile(given.path, today=today, file_name=given.file_name)
    staged = stage(extract, shelf, progress=progress)
    alive()
    names = seal_names(staged.people, shelf, as_of=given.as_of)
    return Reading(given, extract, staged, names, alive)


def preview_extract(reading: Reading, *, by: Signature) -> ExtractResult:
    """Show what applying would do, by doing it and rolling it back; bad rows are listed, not refused.

    Nothing stays written, so the counts are exactly those of applying it now.
    """
    undone = db.session.begin_nested()
    try:
        result = run_through(apply_in_steps(reading, confirm=False, skip_bad=True, by=by))
    finally:
        undone.rollback()
        db.session.expire_all()
    result.import_id, result.applied = None, False
    return result


def apply_extract(
    given: GivenExtract,
    *,
    by: Signature,
    confirm: bool,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> ExtractResult:
    """Apply an extract as apply_in_steps() does, in the caller's one transaction."""
    reading = read_extract(given, Shelf(), by=by, progress=progress)
    return run_through(apply_in_steps(reading, by=by, confirm=confirm, skip_bad=skip_bad))


def apply_in_steps(
    reading: Reading, *, by: Signature, confirm: bool, skip_bad: bool = False, import_id: int | None = None
) -> Steps[ExtractResult]:
    """Store an extract and match all open sign-ups; with confirmation, validate those that are certain and paid.

    It yields wherever others may write. What was done stays: who applies the same file again after an interruption goes
    on from there. The same file with the same as-of day again changes nothing. `import_id` is an upload's row. Raises
    TableRefused with the bad rows unless they are to be skipped.
    """
    given, extract = reading.given, reading.extract
    if not skip_bad:
        extract.problems.refuse()
    known = newest_participant()
    done = begin(given, extract.file_name, skip_bad=skip_bad, known=known, by=by, import_id=import_id)
    profile = plain(asdict(extract.profile))
    for _ in _all_steps(reading, done, confirm=confirm, by=by):
        keep(done, profile, bad_rows=extract.problems.rows)
        reading.alive()
        yield
    done.counts["ready"] = count_ready()
    result = ExtractResult(
        as_of=given.as_of,
        profile=asdict(extract.profile),
        counts=done.counts,
        bad_rows=extract.problems.rows,
        problems=extract.problems.errors,
        import_id=done.import_id,
        applied=True,
    )
    record_result(result, by=by)
    return result


def _all_steps(
    reading: Reading, done: Application, *, confirm: bool, by: Signature
) -> Generator[None, None, None]:
    staged, as_of = reading.staged, reading.given.as_of
    yield from store_rows(staged, reading.names, done, as_of=as_of)
    db.session.expire_all()
    yield from link_history(done=done, by=by)
    for ids in touched_participants(done.import_id):
        number_participants(ids, by=by)
        yield
    yield from contradict_history(done=done, by=by)
    yield from match_all(people=staged.people, as_of=as_of, done=done, by=by)
    if confirm:
        yield
        done.add({"validated": 0})
        for validated in confirm_matches(by=by):
            done.add({"validated": validated})
            yield
        done.add({"disputed": refresh_live_signups(by=by)})


def confirm_all(*, by: Signature) -> Steps[int]:
    """Validate every match that is certain, paid and not held, in steps; return how many."""
    count = 0
    for validated in confirm_matches(by=by):
        count += validated
        yield
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
