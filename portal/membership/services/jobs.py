"""Large extracts as jobs: run by the scheduler, each in the one transaction that it opens."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from portal.accounts.models import User
from portal.accounts.queries.users import actor_of
from portal.database.extensions import db
from portal.domain.actors import Actor, Signature
from portal.jobs import Job
from portal.membership.services.applying import Progress
from portal.membership.services.uploading import applied_counts, apply_upload, preview_upload

Runner = Callable[[Job, datetime, Progress], Mapping[str, Any]]


def _asker(job: Job) -> Actor:
    """Return the person who asked for the job: it runs in their name."""
    return actor_of(db.session.get_one(User, job.asked_by))


def _preview(job: Job, at: datetime, progress: Progress) -> Mapping[str, Any]:
    number = int(job.arguments["import_id"])
    readable = preview_upload(import_id=number, by=Signature(_asker(job), at), progress=progress)
    return {"import_id": number, "readable": readable}


def _apply(job: Job, at: datetime, progress: Progress) -> Mapping[str, Any]:
    number, skip_bad = int(job.arguments["import_id"]), bool(job.arguments.get("skip_bad"))
    counts = applied_counts(number)
    if counts is not None:  # by a runner that was slow to report, while this one waited for it
        return {"import_id": number, "counts": counts}
    result = apply_upload(
        import_id=number, skip_bad=skip_bad, by=Signature(_asker(job), at), now=True, progress=progress
    )
    return {"import_id": number, "counts": result.counts if result else {}}


RUNNERS: Mapping[str, Runner] = {"extract_preview": _preview, "extract_apply": _apply}
