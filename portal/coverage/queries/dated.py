"""Every village as it is today or was on the last day of a closed month, counted from what is stored."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, select

from portal.activities.models import Activity
from portal.coverage.models import VillageEstimate
from portal.database.extensions import db
from portal.domain.coverage import Village
from portal.domain.months import add_months, month_of
from portal.membership.models import Contribution, ExtractImport, Participant
from portal.organisation.queries import parameter
from portal.signups.imports import bytewise
from portal.signups.models import SignUp

_PROTECTED: Final = ("active", "grace")


def current_estimates(year: Any) -> ColumnElement[bool]:
    """Return the condition that an estimate is its village's newest of a year or before: later ones do not hold yet."""
    return and_(VillageEstimate.year <= year, VillageEstimate.last_year >= year)


def list_villages(day: date, *, closed: bool) -> Iterator[Village]:
    """Yield every village with an estimate, a visit or a participant, by code.

    On the last day of a closed month: what is known now about that day (rules.md 12.3).
    """
    limit = day if closed else None
    visits, people = _visits(limit), _participants(limit)
    query = select(VillageEstimate.village_code, VillageEstimate.informal_workers)
    estimates = dict(db.session.execute(query.where(current_estimates(day.year))).tuples().all())
    for code in sorted({*visits, *people, *estimates}):
        seen, last = visits.get(code, (0, None))
        yield Village(code, estimates.get(code), people.get(code, 0), seen, last)


def _visits(limit: date | None) -> dict[str, tuple[int, date]]:
    """Count the approved reports by village, with the day of the last one."""
    query = select(Activity.village_code, func.count(), func.max(Activity.held_on)).where(
        Activity.status == "approved", Activity.village_code.is_not(None)
    )
    if limit is not None:
        query = query.where(Activity.held_on <= limit)
    rows = db.session.execute(query.group_by(Activity.village_code))
    return {str(code): (int(count), last) for code, count, last in rows}


def _participants(limit: date | None) -> dict[str, int]:
    """Count the participants by village, today or on a day."""
    query = _members() if limit is None else _members_on(limit)
    return {} if query is None else {str(code): int(count) for code, count in db.session.execute(query)}


def _members() -> Select[tuple[str | None, int]]:
    """Count them as their status is kept."""
    return _by_village(
        select(SignUp.activity_ref)
        .join(Participant, Participant.signup_id == SignUp.id)
        .where(Participant.status.in_(_PROTECTED))
    )


def _members_on(day: date) -> Select[tuple[str | None, int]] | None:
    """Count them as they were on a day, by what was paid until then, as of the newest extract's month or the day's.

    Each belongs to the newest validated sign-up earned until then, as when contributions are numbered.
    """
    newest = select(func.max(ExtractImport.as_of)).where(ExtractImport.status == "applied")
    as_of = db.session.execute(newest).scalar_one()
    if as_of is None:
        return None
    month = min(month_of(as_of), month_of(day))
    # Active is a month behind at most, grace so many months: either is protected.
    least = add_months(month, -max(1, int(parameter("grace_months", month=month))))
    newest_first = (SignUp.reported_on.desc(), bytewise(SignUp.ref).desc())
    place = func.row_number().over(partition_by=SignUp.participant_id, order_by=newest_first)
    claims = (
        select(SignUp.participant_id, SignUp.activity_ref, place.label("place"))
        .where(SignUp.status == "validated", SignUp.participant_id.is_not(None), SignUp.earned_on <= day)
        .subquery()
    )
    paid = select(Contribution.id).where(
        Contribution.participant_id == claims.c.participant_id,
        Contribution.paid_on <= day,
        Contribution.blth >= least,
    )
    return _by_village(select(claims.c.activity_ref).where(claims.c.place == 1, paid.exists()))


def _by_village(refs: Select[tuple[str | None]]) -> Select[tuple[str | None, int]]:
    """Count what names reports by the village of the report."""
    named = refs.subquery()
    return (
        select(Activity.village_code, func.count())
        .join(named, named.c.activity_ref == Activity.ref)
        .where(Activity.village_code.is_not(None))
        .group_by(Activity.village_code)
    )
