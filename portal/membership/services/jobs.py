"""Large extracts as jobs that the scheduler runs: how each is made ready, and its steps."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from portal.accounts.models import User
from portal.accounts.queries.users import actor_of
from portal.database.extensions import db
from portal.database.shelf import Shelf
from portal.database.steps import Steps, one_step
from portal.domain.actors import Actor, Signature
from portal.jobs import Job
from portal.membership.services.applying import Progress
from portal.membership.services.uploading import applied_counts, apply_upload, preview_upload, read_upload


class Work(NamedTuple):
    """The work of a job: made ready, then done in steps that give its result."""

    prepare: Callable[[Shelf], Any]
    act: Callable[[Any], Steps[Mapping[str, Any]]]


Runner = Callable[[Job, datetime, Progress], Work]


def _asker(job: Job) -> Actor:
    """Return the person who asked for the job: it runs in their name."""
    return actor_of(db.session.get_one(User, job.asked_by))


def _preview(job: Job, at: datetime, progress: Progress) -> Work:
    number, by = int(job.arguments["import_id"]), Signature(_asker(job), at)

    def preview(reading: Any) -> Mapping[str, Any]:
        return {"import_id": number, "readable": preview_upload(reading, import_id=number, by=by)}

    return Work(
        lambda shelf: read_upload(import_id=number, shelf=shelf, by=by, progress=progress),
        lambda reading: one_step(lambda: preview(reading)),
    )


def _apply(job: Job, at: datetime, progress: Progress) -> Work:
    number, skip_bad = int(job.arguments["import_id"]), bool(job.arguments.get("skip_bad"))
    by = Signature(_asker(job), at)

    def prepare(shelf: Shelf) -> Any:
        if (
            applied_counts(number) is not None
        ):  # by a runner that was slow to report, while this one waited for it
            return None
        return read_upload(import_id=number, shelf=shelf, by=by, progress=progress)

    def act(reading: Any) -> Steps[Mapping[str, Any]]:
        counts = applied_counts(number)
        if counts is None:
            result = yield from apply_upload(reading, import_id=number, skip_bad=skip_bad, by=by)
            counts = result.counts
        return {"import_id": number, "counts": counts}

    return Work(prepare, act)


RUNNERS: Mapping[str, Runner] = {"extract_preview": _preview, "extract_apply": _apply}
