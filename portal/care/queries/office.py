"""What the office sees of care: cadres with their participants in danger, and to whom to hand over."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, case, func, select

from portal.cadres.models import Cadre
from portal.care.models import RenewalTask
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.membership.models import Participant
from portal.organisation.models import Branch
from portal.organisation.queries import in_scope
from portal.signups.models import SignUp

PAGE = 50
MOST_NAMED = 500


def list_in_danger(actor: Actor, *, skip: int = 0, limit: int = PAGE) -> Sequence[Row[Any]]:
    """List the cadres in scope who have participants: how many are active, in grace, lapsed, and wait to be reminded.

    Who has the most in grace comes first; one more than fits on a page.
    """
    p, t = Participant, RenewalTask
    counts = {
        state: func.count(case((p.status == state, 1))).label(state)
        for state in ("active", "grace", "lapsed")
    }
    return db.session.execute(
        select(
            Cadre.id,
            Cadre.name,
            Branch.name.label("branch"),
            *counts.values(),
            func.count(t.id).label("tasks"),
        )
        .join(p, p.cadre_id == Cadre.id)
        .join(Branch, Branch.id == Cadre.branch_id)
        .outerjoin(t, (t.participant_id == p.id) & (t.status == "open"))
        .where(in_scope(actor, Cadre.branch_id))
        .group_by(Cadre.id, Cadre.name, Branch.name)
        .order_by(counts["grace"].desc(), func.count(t.id).desc(), Cadre.name, Cadre.id)
        .offset(skip)
        .limit(limit + 1)
    ).all()


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
