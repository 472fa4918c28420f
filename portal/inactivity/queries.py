"""Reads of proposals to suspend inactive cadres."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.inactivity.models import InactivityProposal
from portal.organisation.models import Branch
from portal.organisation.queries import in_scope, parameter

PAGE = 50


@dataclass(frozen=True)
class Proposal:
    """An open proposal: the cadre, the month after whose close it was made, the last month with work, the zone."""

    id: int
    cadre_id: int
    name: str
    branch_id: int
    branch: str
    zone: str
    month: str
    last_work_month: str | None
    last_report_on: date | None


@dataclass(frozen=True)
class Terms:
    """How many months without work make a cadre inactive, and after how many a suspended one may come back."""

    months: int
    return_months: int


def get_terms(month: str) -> Terms:
    """Return the terms that hold in a month."""
    return Terms(
        int(parameter("inactivity_months", month=month)), int(parameter("return_months", month=month))
    )


def get_proposal(proposal_id: int, *, actor: Actor) -> Proposal:
    """Return a proposal about a cadre in the actor's scope, open or decided."""
    row = db.session.execute(
        _select().where(InactivityProposal.id == proposal_id, in_scope(actor, Cadre.branch_id))
    ).one_or_none()
    if row is None:
        raise NotFound("inactivity.no_such_proposal")
    return Proposal(*row)


def list_proposals(actor: Actor, *, skip: int = 0, limit: int = PAGE) -> list[Proposal]:
    """List the open proposals in scope, those without any work first, then the longest without."""
    query = _select().where(*_open(actor))
    ordered = query.order_by(
        InactivityProposal.last_work_month.is_not(None),
        InactivityProposal.last_work_month,
        InactivityProposal.id,
    )
    return [Proposal(*row) for row in db.session.execute(ordered.offset(skip).limit(limit))]


def count_proposals(actor: Actor) -> int:
    """Count the open proposals in scope."""
    query = select(func.count(InactivityProposal.id)).join(Cadre, Cadre.id == InactivityProposal.cadre_id)
    return db.session.scalar(query.where(*_open(actor))) or 0


def _open(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return InactivityProposal.status == "open", in_scope(actor, Cadre.branch_id)


def _select() -> Select[tuple[int, int, str, int, str, str, str, str | None, date | None]]:
    return (
        select(
            InactivityProposal.id,
            Cadre.id,
            Cadre.name,
            Branch.id,
            Branch.name,
            Branch.time_zone,
            InactivityProposal.month,
            InactivityProposal.last_work_month,
            Cadre.last_report_on,
        )
        .join(Cadre, Cadre.id == InactivityProposal.cadre_id)
        .join(Branch, Branch.id == Cadre.branch_id)
    )
