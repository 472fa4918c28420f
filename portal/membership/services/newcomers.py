"""The plain case of numbering: a participant whose only sign-up was just validated, and its first months paid."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Table, and_, case, func, select, update
from sqlalchemy.orm import aliased

from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.points import RETENTION_MONTHS
from portal.membership.models import Contribution, Participant
from portal.points.queries import last_closed_month
from portal.signups.models import SignUp


def number_newcomers(chosen: Table, counted: Table) -> Sequence[int]:
    """Number the months of plain participants; return the participants that need the whole computation.

    `chosen`: sign-ups just validated. `counted`: their months, which are the whole answer where the case is plain.
    """
    c, months, p, paid = chosen.c, counted.c, Participant, Contribution
    _lock(chosen)
    change(update(chosen).values(plain=0))
    change(update(chosen).where(_is_plain(chosen, counted)).values(plain=1))
    change(
        update(p)
        .where(p.id == c.participant_id, c.plain == 1)
        .values(
            signup_id=c.id,
            cadre_id=c.cadre_id,
            cohort_month=case((c.outcome == "new", c.earned_month)),
            cohort_branch_id=case((c.outcome == "new", c.branch_id)),
        )
    )
    change(
        update(paid)
        .where(paid.id == months.id, months.signup_id == c.id, c.plain == 1)
        .values(
            signup_id=c.id,
            cadre_id=c.cadre_id,
            number=months.number,
            earned_on=months.earned_on,
            earned_month=months.earned_month,
        )
    )
    return db.session.execute(select(c.participant_id).where(c.plain == 0).distinct()).scalars().all()


def _lock(chosen: Table) -> None:
    """Lock the participants in order; on SQLite whoever writes has locked everything."""
    if db.session.get_bind().dialect.name == "postgresql":
        mine = select(Participant.id).where(Participant.id.in_(select(chosen.c.participant_id)))
        rows = mine.order_by(Participant.id).with_for_update()
        db.session.execute(select(func.count()).select_from(rows.subquery())).all()


def _is_plain(chosen: Table, counted: Table) -> ColumnElement[bool]:
    """Return the condition of the plain case.

    The participant is nobody's until now, has no other validated sign-up and no month that counts for anybody; the
    sign-up is not imported as history; too few months for retention points, and nothing in a closed month.
    """
    c, months, p, paid, other = chosen.c, counted.c, Participant, Contribution, aliased(SignUp)
    free = select(p.id).where(p.id == c.participant_id, p.signup_id.is_(None)).exists()
    # The status as an expression: asked for it, SQLite would go through all validated sign-ups.
    claims = select(other.id).where(other.participant_id == c.participant_id, other.id != c.id)
    claimed = claims.where(other.status.concat("") == "validated").exists()
    held = (
        select(paid.id).where(paid.participant_id == c.participant_id, paid.signup_id.is_not(None)).exists()
    )
    many = select(months.id).where(months.signup_id == c.id, months.number == min(RETENTION_MONTHS)).exists()
    last = last_closed_month() or ""
    first = select(months.id).where(months.signup_id == c.id, months.number == 1)
    late = first.where(bulk.month_of(months.paid_on) <= last).exists()
    return and_(
        free, ~claimed, ~held, ~many, ~late, c.floor_month.is_(None), bulk.month_of(c.reported_on) > last
    )
