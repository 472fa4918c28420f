"""Reads of activities: reports, the queue of those that wait, drafts and photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, cast, func, or_, select

from portal.activities.models import Activity, Draft, Photo
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.extensions import db
from portal.people.models import Branch, Cadre
from portal.people.queries import in_scope
from portal.points.models import PointsRule
from portal.signups.models import SignUp

PAGE = 25
FLAGGED_SHOWN = 50
# The same picture is looked for in the branch, this far back and at most so many photos.
PHOTO_DAYS = 365
PHOTOS_COMPARED = 5000

Queued = Row[tuple[Activity, str, str]]


@dataclass(frozen=True)
class Queue:
    """What waits for a decision: counts over all of it, and the reports of this page."""

    counts: dict[str, int]
    oldest: datetime | None
    flagged: Sequence[Queued]
    clean: Sequence[Queued]
    more_after: int | None


@dataclass(frozen=True)
class Record:
    """How a cadre's reports were decided so far."""

    approved: int
    decided: int


def find_activity_by_ref(ref: str) -> Activity | None:
    """Return the report with a reference, as it stands now, or None."""
    return db.session.scalars(
        select(Activity).where(Activity.ref == ref).execution_options(populate_existing=True),
    ).one_or_none()


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a report lies in scope; a cadre sees the own ones only."""
    return (
        Activity.cadre_id == actor.cadre_id if actor.role == "cadre" else in_scope(actor, Activity.branch_id)
    )


def get_activity(activity_id: int, *, actor: Actor | None = None) -> Activity:
    """Return a report as it stands now; with an actor only one that this person may see."""
    query = select(Activity).where(Activity.id == activity_id).execution_options(populate_existing=True)
    if actor is not None:
        query = query.where(_visible(actor))
    activity = db.session.scalars(query).one_or_none()
    if activity is None:
        raise NotFound("activities.no_such")
    return activity


def _with_names() -> Select[tuple[Activity, str, str]]:
    return (
        select(Activity, Cadre.name.label("cadre"), Branch.time_zone.label("zone"))
        .join(Cadre, Cadre.id == Activity.cadre_id)
        .join(Branch, Branch.id == Activity.branch_id)
    )


def get_with_names(activity_id: int, *, actor: Actor) -> Queued:
    """Return a report with the cadre's name and the branch's zone."""
    found = db.session.execute(
        _with_names().where(Activity.id == activity_id, _visible(actor)),
    ).one_or_none()
    if found is None:
        raise NotFound("activities.no_such")
    return found


def _flagged() -> ColumnElement[bool]:
    return cast(Activity.flags, String) != "[]"


def _disputed() -> ColumnElement[bool]:
    return select(SignUp.id).where(SignUp.activity_ref == Activity.ref, SignUp.status == "disputed").exists()


def _with_signups() -> ColumnElement[bool]:
    return select(SignUp.id).where(SignUp.activity_ref == Activity.ref).exists()


def _filter(show: str) -> list[ColumnElement[bool]]:
    """Return the conditions of one of the queue's filters; anything unknown is the whole queue."""
    chosen = {"flagged": _flagged, "signups": _with_signups, "disputed": _disputed}.get(show)
    return [chosen()] if chosen else []


def read_queue(actor: Actor, *, show: str = "all", after: int | None = None) -> Queue:
    """Read what waits in scope: the flagged ones first, then a page of the others, the oldest first."""
    waiting = (Activity.status == "submitted", in_scope(actor, Activity.branch_id))
    row = db.session.execute(
        select(
            func.count().label("all"),
            func.count().filter(_flagged()).label("flagged"),
            func.count().filter(_with_signups()).label("signups"),
            func.count().filter(_disputed()).label("disputed"),
            func.min(Activity.submitted_at).label("oldest"),
        ).where(*waiting),
    ).one()
    base = _with_names().where(*waiting, *_filter(show)).order_by(Activity.submitted_at, Activity.id)
    flagged = db.session.execute(base.where(_flagged()).limit(FLAGGED_SHOWN)).all() if after is None else ()
    clean = base.where(~_flagged())
    if after is not None:
        clean = clean.where(_later_than(after))
    page = db.session.execute(clean.limit(PAGE + 1)).all()
    counts = {name: int(row._mapping[name]) for name in ("all", "flagged", "signups", "disputed")}  # noqa: SLF001 - the public view of a row by name
    more = page[PAGE - 1][0].id if len(page) > PAGE else None
    return Queue(counts, row.oldest, flagged, page[:PAGE], more)


def _later_than(activity_id: int) -> ColumnElement[bool]:
    """Return the condition that a report stands behind another in the queue."""
    last = select(Activity.submitted_at).where(Activity.id == activity_id).scalar_subquery()
    return or_(
        Activity.submitted_at > last,
        and_(Activity.submitted_at == last, Activity.id > activity_id),
    )


def list_decided(
    actor: Actor,
    *,
    status: str = "",
    before: int | None = None,
    limit: int = PAGE,
) -> Sequence[Queued]:
    """List decided reports in scope, the newest first; one more than a page."""
    states = (
        (status,) if status in {"approved", "returned", "rejected"} else ("approved", "returned", "rejected")
    )
    query = (
        _with_names()
        .where(in_scope(actor, Activity.branch_id), Activity.status.in_(states))
        .order_by(Activity.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(Activity.id < before)
    return db.session.execute(query).all()


def count_decided_since(actor: Actor, since: datetime) -> int:
    """Count what this person decided since an instant."""
    return db.session.execute(
        select(func.count()).where(Activity.decided_by == actor.user_id, Activity.decided_at >= since),
    ).scalar_one()


def count_waiting(actor: Actor) -> int:
    """Count the reports in scope that wait for a decision."""
    return db.session.execute(
        select(func.count()).where(Activity.status == "submitted", in_scope(actor, Activity.branch_id)),
    ).scalar_one()


def record_of(cadre_id: int) -> Record:
    """Count a cadre's approved and decided reports."""
    row = db.session.execute(
        select(
            func.count().filter(Activity.status == "approved").label("approved"),
            func.count().filter(Activity.status.in_(("approved", "returned", "rejected"))).label("decided"),
        ).where(Activity.cadre_id == cadre_id),
    ).one()
    return Record(row.approved, row.decided)


def list_own(cadre_id: int, *, before: int | None = None, limit: int = PAGE) -> Sequence[Activity]:
    """List a cadre's reports, the newest first; one more than a page."""
    query = (
        select(Activity).where(Activity.cadre_id == cadre_id).order_by(Activity.id.desc()).limit(limit + 1)
    )
    if before is not None:
        query = query.where(Activity.id < before)
    return db.session.scalars(query).all()


def list_returned(cadre_id: int) -> Sequence[Activity]:
    """List a cadre's reports that came back and wait for a correction, the newest first."""
    return db.session.scalars(
        select(Activity)
        .where(Activity.cadre_id == cadre_id, Activity.status == "returned")
        .order_by(Activity.id.desc()),
    ).all()


def list_used_slots(activities: Sequence[Activity]) -> list[tuple[int, date, int]]:
    """List (cadre, local date, slot) of the slots taken on the days of these reports."""
    rows = db.session.execute(
        select(Activity.cadre_id, Activity.held_on, Activity.slot).where(
            Activity.cadre_id.in_({activity.cadre_id for activity in activities}),
            Activity.held_on.in_({activity.held_on for activity in activities}),
            Activity.slot.is_not(None),
        ),
    )
    return [(cadre_id, held_on, slot) for cadre_id, held_on, slot in rows if slot is not None]


def list_decidable(ids: Sequence[int], *, actor: Actor) -> Sequence[Row[tuple[Activity, int | None]]]:
    """List several reports in scope with their owner's account."""
    return db.session.execute(
        select(Activity, Cadre.user_id.label("owner"))
        .join(Cadre, Cadre.id == Activity.cadre_id)
        .where(Activity.id.in_(ids), in_scope(actor, Activity.branch_id))
        .execution_options(populate_existing=True),
    ).all()


def first_day_of_programme() -> date | None:
    """Return the day from which the first points rules hold; None without rules."""
    return db.session.execute(select(func.min(PointsRule.valid_from))).scalar_one()


def find_draft(ref: str, *, cadre_id: int) -> Draft | None:
    """Return a cadre's own draft, or None."""
    return db.session.scalars(select(Draft).where(Draft.ref == ref, Draft.cadre_id == cadre_id)).one_or_none()


def list_drafts(cadre_id: int) -> Sequence[Draft]:
    """List a cadre's drafts, the last touched first."""
    return db.session.scalars(
        select(Draft).where(Draft.cadre_id == cadre_id).order_by(Draft.updated_at.desc(), Draft.ref),
    ).all()


def list_photos(report_ref: str, *, cadre_id: int) -> Sequence[Photo]:
    """List a report's photos in the order they came; only those of the report's own cadre."""
    return db.session.scalars(
        select(Photo)
        .where(Photo.report_ref == report_ref, Photo.cadre_id == cadre_id)
        .order_by(Photo.created_at, Photo.id),
    ).all()


def first_photos(report_refs: Sequence[str]) -> dict[str, str]:
    """Return the id of each report's first photo by the report's ref."""
    rows = db.session.execute(
        select(Photo.report_ref, Photo.id)
        .join(Activity, and_(Activity.ref == Photo.report_ref, Activity.cadre_id == Photo.cadre_id))
        .where(Photo.report_ref.in_(report_refs))
        .order_by(Photo.created_at.desc(), Photo.id.desc()),
    )
    return {str(ref): str(photo_id) for ref, photo_id in rows}


def get_photo(photo_id: str, *, actor: Actor) -> Photo:
    """Return a photo: a cadre's own, or one of a report in scope; drafts are seen by their owner only."""
    query = select(Photo).where(Photo.id == photo_id)
    if actor.role == "cadre":
        query = query.where(Photo.cadre_id == actor.cadre_id)
    else:
        query = query.join(
            Activity,
            and_(Activity.ref == Photo.report_ref, Activity.cadre_id == Photo.cadre_id),
        ).where(in_scope(actor, Activity.branch_id))
    photo = db.session.scalars(query).one_or_none()
    if photo is None:
        raise NotFound("activities.no_such_photo")
    return photo


def list_hashes_nearby(*, branch_id: int, ref: str, at: datetime) -> list[tuple[int, int]]:
    """List (activity id, picture hash) of the branch's other reports, to find the same picture again."""
    rows: Sequence[Row[Any]] = db.session.execute(
        select(Activity.id, Photo.dhash)
        .join(Photo, and_(Activity.ref == Photo.report_ref, Activity.cadre_id == Photo.cadre_id))
        .where(
            Activity.branch_id == branch_id,
            Activity.ref != ref,
            Photo.created_at > at - timedelta(days=PHOTO_DAYS),
        )
        .order_by(Photo.created_at.desc())
        .limit(PHOTOS_COMPARED),
    ).all()
    return [(row[0], row[1]) for row in rows]
