"""What the office sees of care: cadres with their participants in danger, and to whom to hand over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from portal.cadres.models import Cadre
from portal.care.models import RenewalTask
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.membership.models import Participant
from portal.organisation.models import Branch
from portal.organisation.queries import in_scope, sees_nation
from portal.signups.models import SignUp
from portal.tallies.models import CadreSum

PAGE = 50
MOST_NAMED = 500


@dataclass(frozen=True)
class InDanger:
    """A cadre with their participants: how many are active, in grace, lapsed, and wait to be reminded."""

    id: int
    name: str
    branch: str
    active: int
    grace: int
    lapsed: int
    tasks: int


def list_in_danger(actor: Actor, *, skip: int = 0, limit: int = PAGE) -> list[InDanger]:
    """List the cadres in scope who have participants, who has the most in grace first, then by name.

    One more than fits on a page. The participants come from the kept sums, the open tasks of those listed are counted.
    """
    all_states = func.sum(CadreSum.active + CadreSum.grace + CadreSum.lapsed)
    sums = select(CadreSum.cadre_id, func.sum(CadreSum.grace).label("grace"))
    if not sees_nation(actor):
        sums = sums.join(Cadre, Cadre.id == CadreSum.cadre_id).where(in_scope(actor, Cadre.branch_id))
    kept = sums.group_by(CadreSum.cadre_id).having(all_states > 0).cte("kept")
    # Whoever is not on this page has no more in grace than its last one: names are looked up for the others alone,
    # one by one, whatever the planner expects.
    first = select(kept.c.grace).order_by(kept.c.grace.desc()).limit(skip + limit + 1).subquery("first")
    name = select(Cadre.name).where(Cadre.id == kept.c.cadre_id).scalar_subquery()
    listed = db.session.scalars(
        select(kept.c.cadre_id)
        .where(kept.c.grace >= select(func.min(first.c.grace)).scalar_subquery())
        .order_by(kept.c.grace.desc(), name, kept.c.cadre_id)
        .offset(skip)
        .limit(limit + 1)
    ).all()
    named = select(Cadre.id, Cadre.name, Branch.name).join(Branch, Branch.id == Cadre.branch_id)
    names = {row[0]: row for row in db.session.execute(named.where(Cadre.id.in_(listed))).tuples()}
    people, tasks = _count_people(listed), _count_tasks(listed)
    return [InDanger(*names[one], *people[one], tasks.get(one, 0)) for one in listed]


def _count_people(cadre_ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """Return how many participants of some cadres are active, in grace and lapsed."""
    sums = (func.sum(column) for column in (CadreSum.active, CadreSum.grace, CadreSum.lapsed))
    query = (
        select(CadreSum.cadre_id, *sums).where(CadreSum.cadre_id.in_(cadre_ids)).group_by(CadreSum.cadre_id)
    )
    return {
        cadre_id: (active, grace, lapsed) for cadre_id, active, grace, lapsed in db.session.execute(query)
    }


def _count_tasks(cadre_ids: Sequence[int]) -> dict[int, int]:
    """Count the open renewal tasks of some cadres."""
    p, t = Participant, RenewalTask
    counted = (
        select(p.cadre_id, func.count())
        .join(t, (t.participant_id == p.id) & (t.status == "open"))
        .where(p.cadre_id.in_(cadre_ids))
        .group_by(p.cadre_id)
    )
    return {int(cadre_id or 0): count for cadre_id, count in db.session.execute(counted)}


def list_to_hand_over(cadre_id: int) -> Sequence[Row[Any]]:
    """List the participants whom a cadre holds, by name."""
    p, s = Participant, SignUp
    return db.session.execute(
        select(p.id, s.name, s.nik_mask, p.status, p.last_paid_month)
        .join(s, s.id == p.signup_id)
        .where(p.cadre_id == cadre_id)
        .order_by(s.name, p.id)
        .limit(MOST_NAMED)
    ).all()


def list_takers(actor: Actor, *, branch_id: int, besides: int) -> list[tuple[int, str]]:
    """List the active cadres of a branch to whom participants may go: number, and name with code."""
    rows = db.session.execute(
        select(Cadre.id, Cadre.name, Cadre.code)
        .where(Cadre.branch_id == branch_id, Cadre.status == "active", Cadre.id != besides)
        .where(in_scope(actor, Cadre.branch_id))
        .order_by(Cadre.name, Cadre.id)
        .limit(MOST_NAMED)
    )
    return [(row.id, f"{row.name}, {row.code}") for row in rows]
