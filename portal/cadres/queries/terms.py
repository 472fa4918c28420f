"""A cadre's term in a month, and the local date for them (rules.md 1.1, 1.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Subquery, func, select
from sqlalchemy.orm import aliased

from portal.cadres.models import Cadre, CadreTerm
from portal.database.extensions import db
from portal.domain.errors import NotFound
from portal.domain.months import local_date
from portal.organisation.models import Branch, HostBody

FROM_THE_BEGINNING = "0000-00"


@dataclass(frozen=True)
class Term:
    """A cadre's branch, host body and NPWP status in one month."""

    branch_id: int
    host_body_id: int | None
    npwp_valid: bool


def term_of(cadre_id: int, month: str) -> Term:
    """Return a cadre's term in a month."""
    row = db.session.execute(
        select(CadreTerm.branch_id, CadreTerm.host_body_id, CadreTerm.npwp_valid)
        .where(CadreTerm.cadre_id == cadre_id, CadreTerm.from_month <= month)
        .order_by(CadreTerm.from_month.desc())
        .limit(1),
    ).one_or_none()
    if row is None:
        raise NotFound("people.no_such_cadre")
    return Term(row.branch_id, row.host_body_id, bool(row.npwp_valid))


def terms_in(month: str) -> Subquery:
    """Return the terms in force in a month as a subquery: cadre_id, branch_id, host_body_id, npwp_valid."""
    later = aliased(CadreTerm)
    newest = (
        select(func.max(later.from_month))
        .where(later.cadre_id == CadreTerm.cadre_id, later.from_month <= month)
        .correlate(CadreTerm)
        .scalar_subquery()
    )
    return (
        select(CadreTerm.cadre_id, CadreTerm.branch_id, CadreTerm.host_body_id, CadreTerm.npwp_valid)
        .where(CadreTerm.from_month == newest)
        .subquery("terms")
    )


def list_terms_with_names(cadre_id: int) -> Sequence[Row[tuple[CadreTerm, str, str]]]:
    """List a cadre's terms with the names of branch and host body, newest first."""
    return db.session.execute(
        select(CadreTerm, Branch.name.label("branch"), HostBody.name.label("host"))
        .join(Branch, Branch.id == CadreTerm.branch_id)
        .outerjoin(HostBody, HostBody.id == CadreTerm.host_body_id)
        .where(CadreTerm.cadre_id == cadre_id)
        .order_by(CadreTerm.from_month.desc()),
    ).all()


def zone_of(cadre_id: int) -> str:
    """Return the time zone of the cadre's branch."""
    zone = db.session.scalar(
        select(Branch.time_zone).join(Cadre, Cadre.branch_id == Branch.id).where(Cadre.id == cadre_id),
    )
    if zone is None:
        raise NotFound("people.no_such_cadre")
    return zone


def today_for(cadre_id: int, at: datetime) -> date:
    """Return the local date of an instant for a cadre."""
    return local_date(at, zone_of(cadre_id))
