"""Reads of reports: one, a cadre's own, and what approving one would give."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, func, select

from portal.activities.models import Activity
from portal.activities.queries.flags import has_photo, is_disputed, is_flagged
from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.domain.points import activity_points, free_slot
from portal.organisation.models import Branch
from portal.organisation.queries import in_scope
from portal.points.models import PointsRule
from portal.points.queries import rules_on

PAGE = 25

_DECIDABLE: Final = (
    Activity.id,
    Activity.ref,
    Activity.cadre_id,
    Activity.branch_id,
    Activity.type,
    Activity.held_on,
    Activity.status,
    Activity.version,
    Activity.points_given,
    Activity.submitted_by,
)
Queued = Row[Any]  # (activity, cadre, zone); reads with flags also have disputed and photographed


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


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor may see a report: in scope, and for a cadre only their own."""
    return (
        Activity.cadre_id == actor.cadre_id if actor.role == "cadre" else in_scope(actor, Activity.branch_id)
    )


def get_activity(activity_id: int, *, actor: Actor | None = None) -> Activity:
    """Return a report as it stands now; with an actor, only one that this person may see."""
    query = select(Activity).where(Activity.id == activity_id).execution_options(populate_existing=True)
    if actor is not None:
        query = query.where(visible(actor))
    activity = db.session.scalars(query).one_or_none()
    if activity is None:
        raise NotFound("activities.no_such")
    return activity


def with_names() -> Select[tuple[Activity, str, str]]:
    """Begin a read of reports with the cadre's name and the branch's time zone."""
    return (
        select(Activity, Cadre.name.label("cadre"), Branch.time_zone.label("zone"))
        .join(Cadre, Cadre.id == Activity.cadre_id)
        .join(Branch, Branch.id == Activity.branch_id)
    )


def with_flags() -> Select[tuple[Activity, str, str, bool, bool]]:
    """Begin the same read with the columns that flags_of_row() needs."""
    return with_names().add_columns(is_disputed().label("disputed"), has_photo().label("photographed"))


def get_with_names(activity_id: int, *, actor: Actor) -> Queued:
    """Return a report with the cadre's name, the branch's time zone and the columns of its flags."""
    found = db.session.execute(
        with_flags().where(Activity.id == activity_id, visible(actor)),
    ).one_or_none()
    if found is None:
        raise NotFound("activities.no_such")
    return found


def list_own(cadre_id: int, *, before: int | None = None, limit: int = PAGE) -> Sequence[Activity]:
    """List a cadre's reports, newest first; one more than fits on a page."""
    query = (
        select(Activity).where(Activity.cadre_id == cadre_id).order_by(Activity.id.desc()).limit(limit + 1)
    )
    if before is not None:
        query = query.where(Activity.id < before)
    return db.session.scalars(query).all()


def list_returned(cadre_id: int) -> Sequence[Activity]:
    """List a cadre's returned reports, which wait for a correction, newest first."""
    return db.session.scalars(
        select(Activity)
        .where(Activity.cadre_id == cadre_id, Activity.status == "returned")
        .order_by(Activity.id.desc()),
    ).all()


def find_report_of_event(like: Activity) -> int | None:
    """Return the cadre's approved report of an event on the day and of the type of another one, if there is any."""
    wanted = select(Activity.id).where(
        Activity.cadre_id == like.cadre_id, Activity.held_on == like.held_on, Activity.id != like.id
    )
    of_event = wanted.where(
        Activity.type == like.type, Activity.event_id.is_not(None), Activity.status == "approved"
    )
    return db.session.scalar(of_event.order_by(Activity.id).limit(1))


def count_decisions(cadre_id: int) -> Record:
    """Count a cadre's approved and decided reports."""
    row = db.session.execute(
        select(
            func.count().filter(Activity.status == "approved").label("approved"),
            func.count().filter(Activity.status.in_(("approved", "returned", "rejected"))).label("decided"),
        ).where(Activity.cadre_id == cadre_id),
    ).one()
    return Record(row.approved, row.decided)


def list_used_slots(days: Collection[tuple[int, date]]) -> list[tuple[int, date, int]]:
    """List (cadre, local date, slot) of the slots taken on these days of cadres, and maybe on others of theirs."""
    db.session.flush()
    rows = bulk.plain_rows(
        select(Activity.cadre_id, Activity.held_on, Activity.slot).where(
            bulk.one_of(Activity.cadre_id, {cadre_id for cadre_id, _ in days}),
            Activity.held_on.in_({held_on for _, held_on in days}),
            Activity.slot.is_not(None),
        ),
    )
    return [(cadre_id, held_on, slot) for cadre_id, held_on, slot in rows]


def points_on_approval(activity: Activity) -> int:
    """Return the points that approving a report would give now; 0 if the day's earning slots are taken."""
    document = rules_on(activity.held_on)[1]
    taken = [slot for cadre_id, held_on, slot in list_used_slots([(activity.cadre_id, activity.held_on)])]
    return 0 if free_slot(document, taken) is None else activity_points(document, activity.type)


def list_decidable(ids: Collection[int], *, actor: Actor) -> Sequence[Row[Any]]:
    """List several reports in scope as they stand now: what a decision needs of each.

    With them their owner's account and whether a person has to open them ("flagged").
    """
    db.session.flush()
    return bulk.plain_rows(
        select(*_DECIDABLE, Cadre.user_id.label("owner"), is_flagged().label("flagged"))
        .join(Cadre, Cadre.id == Activity.cadre_id)
        .where(bulk.one_of(Activity.id, ids), in_scope(actor, Activity.branch_id)),
    ).all()


def first_day_of_programme() -> date | None:
    """Return the day from which the first points rules apply; None without rules."""
    return db.session.execute(select(func.min(PointsRule.valid_from))).scalar_one()
