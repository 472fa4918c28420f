"""Reads of the review: reports that wait, and reports that were decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from portal.activities.models import Activity
from portal.activities.queries.flags import is_disputed, is_flagged
from portal.activities.queries.reports import PAGE, Queued, with_flags, with_names
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.organisation.queries import in_scope
from portal.signups.models import SignUp
from portal.tallies.models import Tally
from portal.tallies.queries import total

FLAGGED_SHOWN = 50


@dataclass(frozen=True)
class Queue:
    """What waits for a decision: counts over the whole queue, and the reports of this page."""

    counts: dict[str, int]
    oldest: datetime | None
    flagged: Sequence[Queued]
    clean: Sequence[Queued]
    more_after: int | None
    skipped: int
    back_after: int | None


def _with_signups() -> ColumnElement[bool]:
    return select(SignUp.id).where(SignUp.activity_ref == Activity.ref).exists()


def _filter(show: str) -> list[ColumnElement[bool]]:
    """Return the conditions of one of the queue's filters; an unknown filter means the whole queue."""
    chosen = {
        "flagged": is_flagged,
        "clean": lambda: ~is_flagged(),
        "signups": _with_signups,
        "disputed": is_disputed,
    }.get(show)
    return [chosen()] if chosen else []


def _waiting(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of what waits in scope."""
    return (Activity.status == "submitted", in_scope(actor, Activity.branch_id))


def read_queue(actor: Actor, *, show: str = "all", after: int | None = None) -> Queue:
    """Read what waits in scope: flagged reports first, then a page of the others, oldest first."""
    waiting = _waiting(actor)
    row = db.session.execute(
        select(
            func.count().label("all"),
            func.count().filter(is_flagged()).label("flagged"),
            func.count().filter(_with_signups()).label("signups"),
            func.count().filter(is_disputed()).label("disputed"),
            func.min(Activity.submitted_at).label("oldest"),
        ).where(*waiting),
    ).one()
    shown = and_(*waiting, *_filter(show))
    behind = true() if after is None else _after(after)
    base = with_flags().where(shown, behind).order_by(Activity.submitted_at, Activity.id)
    flagged = list(db.session.execute(base.where(is_flagged()).limit(FLAGGED_SHOWN + 1)))
    page = list(db.session.execute(base.where(~is_flagged()).limit(PAGE + 1)))
    if len(flagged) > FLAGGED_SHOWN:  # the others come after all of these
        flagged, page, more = flagged[:FLAGGED_SHOWN], [], flagged[FLAGGED_SHOWN - 1][0].id
    else:
        page, more = page[:PAGE], page[PAGE - 1][0].id if len(page) > PAGE else None
    counts = {name: int(row._mapping[name]) for name in ("all", "flagged", "signups", "disputed")}  # noqa: SLF001 - the public view of a row by name
    counts["clean"] = counts["all"] - counts["flagged"]
    before = and_(shown, ~behind)
    skipped = 0 if after is None else _count(before)
    back = _page_before(before) if skipped else None
    return Queue(counts, row.oldest, flagged, page, more, skipped, back)


def _page_before(before: ColumnElement[bool]) -> int | None:
    """Return after which report the page begins that ends before this one; None if that is the first page."""
    clean = and_(before, ~is_flagged())
    if found := _nth_last(clean, PAGE):
        return found
    flagged = and_(before, is_flagged())
    count = _count(flagged)
    if not count:
        return None
    # A page without unflagged reports is full of flagged ones; the first unflagged stand below what is left of them.
    return _nth_last(flagged, (count - 1) % FLAGGED_SHOWN + 1 if _count(clean) else FLAGGED_SHOWN)


def _nth_last(condition: ColumnElement[bool], number: int) -> int | None:
    """Return the report that has this many others of its kind behind it."""
    query = select(Activity.id).where(condition).order_by(Activity.submitted_at.desc(), Activity.id.desc())
    return db.session.execute(query.offset(number).limit(1)).scalar_one_or_none()


def _count(condition: ColumnElement[bool]) -> int:
    return db.session.execute(select(func.count(Activity.id)).where(condition)).scalar_one()


def _after(activity_id: int) -> ColumnElement[bool]:
    """Return the condition that a report comes after another in the queue, where flagged ones come first."""
    flagged = db.session.execute(select(is_flagged()).where(Activity.id == activity_id)).scalar_one_or_none()
    if flagged:
        return or_(~is_flagged(), _later_than(activity_id))
    return and_(~is_flagged(), _later_than(activity_id))


def _later_than(activity_id: int) -> ColumnElement[bool]:
    """Return the condition that a report comes after another in the queue."""
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
    """List decided reports in scope, newest first; one more than fits on a page."""
    states = (
        (status,) if status in {"approved", "returned", "rejected"} else ("approved", "returned", "rejected")
    )
    query = (
        with_names()
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
    """Return how many reports in scope wait for a decision: as many as the queue lists."""
    return total("report", Tally.state == "submitted", in_scope(actor, Tally.branch_id))
