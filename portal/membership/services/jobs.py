"""Large extracts as jobs: what the scheduler runs, each in the one transaction that it opens."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from portal.domain.actors import Actor
from portal.extensions import db
from portal.jobs import Job
from portal.membership.services.uploading import applied_counts, apply_upload, preview_upload
from portal.people.models import User

Runner = Callable[[Job, datetime], Mapping[str, Any]]


def _asker(job: Job) -> Actor:
    """Return who asked for the job: it is done in that person's name."""
    user = db.session.get_one(User, job.asked_by)
    return Actor(
        user_id=user.id,
        role=user.role,
        name=user.name,
        scope=user.scope,
        branch_id=user.branch_id,
        region_id=user.regional_office_id,
    )


def _preview(job: Job, at: datetime) -> Mapping[str, Any]:
    number = int(job.arguments["import_id"])
    readable = preview_upload(import_id=number, actor=_asker(job), at=at)
    return {"import_id": number, "readable": readable}


def _apply(job: Job, at: datetime) -> Mapping[str, Any]:
    number, skip_bad = int(job.arguments["import_id"]), bool(job.arguments.get("skip_bad"))
    if (
        counts := applied_counts(number)
    ) is not None:  # the runner before died between the act and its report
        return {"import_id": number, "counts": counts}
    result = apply_upload(import_id=number, skip_bad=skip_bad, actor=_asker(job), at=at, now=True)
    return {"import_id": number, "counts": result.counts if result else {}}


RUNNERS: Mapping[str, Runner] = {"extract_preview": _preview, "extract_apply": _apply}
