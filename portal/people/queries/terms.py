"""What holds for a cadre in a month, and where the day begins for them (rules.md 1.1, 1.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Subquery, func, select
from sqlalchemy.orm import aliased

from portal.domain.errors import NotFound
from portal.domain.months import local_date
from portal.extensions import db
from portal.people.models import Branch, Cadre, CadreTerm, HostBody

FROM_THE_BEGINNING = "0000-00"


@dataclass(frozen=True)
class Term:
    """Branch, host body and NPWP status of a cadre in one month."""

    branch_id: int
    host_body_id: int | None
    npwp_valid: bool


def term_of(cadre_id: int, month: str) -> Term:
    """Return what holds for a cadre in a month."""
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
    """Return the terms that hold in a month as a subquery: cadre_id, branch_id, host_body_id, npwp_valid."""
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


def list_terms(cadre_id: int) -> list[CadreTerm]:
    """List a cadre's terms, the newest first."""
    return list(
        db.session.scalars(
            select(CadreTerm).where(CadreTerm.cadre_id == cadre_id).order_by(CadreTerm.from_month.desc()),
        ),
    )


def list_terms_with_names(cadre_id: int) -> Sequence[Row[tuple[CadreTerm, str, str]]]:
    """List a cadre's terms with the names of branch and host body, the newest first."""
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
