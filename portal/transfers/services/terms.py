"""Transfers: a cadre's term from the first day of a month that is not closed (rules.md 1.7)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from portal import audit
from portal.accounts.models import User
from portal.cadres.models import Cadre, CadreTerm
from portal.cadres.queries.cadres import get_cadre
from portal.cadres.queries.terms import term_of, terms_in
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import ZONES, add_months, local_date, month_of, parse_month
from portal.organisation.models import Branch
from portal.organisation.queries import get_branch, get_host_body
from portal.points.services.rebuilding import place_standings
from portal.transfers.queries import lock_open

MONTHS_AHEAD = 12


@dataclass(frozen=True)
class TermChange:
    """The changes of a transfer; None leaves a value as it is, `no_host` removes the host body."""

    branch_id: int | None = None
    host_body_id: int | None = None
    no_host: bool = False
    npwp_valid: bool | None = None

    def values(self) -> dict[str, Any]:
        """Return the columns that change."""
        found: dict[str, Any] = {}
        if self.branch_id is not None:
            found["branch_id"] = self.branch_id
        if self.host_body_id is not None or self.no_host:
            found["host_body_id"] = None if self.no_host else self.host_body_id
        if self.npwp_valid is not None:
            found["npwp_valid"] = self.npwp_valid
        return found


def move_cadre(*, cadre_id: int, from_month: str, change: TermChange, reason: str, by: Signature) -> Cadre:
    """Change a cadre's branch, host body or NPWP status from the first day of a month that is not closed.

    The change also applies to terms planned for later months: the newest decision holds.
    """
    cadre = get_cadre(cadre_id, actor=by.actor)
    month = parse_month(from_month)
    if month > add_months(month_of(local_date(by.at, ZONES[0])), MONTHS_AHEAD):
        raise RuleBroken("people.month_too_far", {"month": month})
    if change.branch_id is not None:
        get_branch(change.branch_id, actor=by.actor)
    if change.host_body_id is not None and not change.no_host:
        get_host_body(change.host_body_id)
    if not lock_open(month):
        raise RuleBroken("people.month_closed", {"month": month})
    held, values = term_of(cadre.id, month), change.values()
    before = {name: getattr(held, name) for name in values}
    if before == values:
        raise RuleBroken("people.nothing_changes")
    write_term(cadre_id=cadre.id, from_month=month, values=values)
    refresh_present(at=by.at, cadre_id=cadre.id)
    place_standings(cadre_id=cadre.id)
    audit.record(
        by=by,
        act="cadre.moved",
        subject=audit.Subject("cadre", cadre.id, held.branch_id),
        reason=reason.strip() or None,
        details={"from_month": month, "before": before, "after": values},
    )
    db.session.refresh(cadre)
    return cadre


def write_term(*, cadre_id: int, from_month: str, values: dict[str, Any]) -> None:
    """Write a change into the term of a month and into all later terms."""
    held = term_of(cadre_id, from_month)
    here = CadreTerm.cadre_id == cadre_id
    if db.session.scalar(select(CadreTerm.id).where(here, CadreTerm.from_month == from_month)) is None:
        kept = {
            "branch_id": held.branch_id,
            "host_body_id": held.host_body_id,
            "npwp_valid": held.npwp_valid,
        }
        db.session.execute(insert(CadreTerm).values(cadre_id=cadre_id, from_month=from_month, **kept))
    db.session.execute(update(CadreTerm).where(here, CadreTerm.from_month >= from_month).values(**values))


def refresh_present(*, at: datetime, cadre_id: int | None = None) -> int:
    """Set each cadre's present branch, host body and NPWP status from the term of the current month.

    Transfers into a future month take effect this way: the scheduler calls it every half hour. Returns how
    many changed.
    """
    changed = 0
    for zone in ZONES:
        terms = terms_in(month_of(local_date(at, zone)))
        differing = (
            select(Cadre.id, terms.c.branch_id, terms.c.host_body_id, terms.c.npwp_valid)
            .join(terms, terms.c.cadre_id == Cadre.id)
            .join(Branch, Branch.id == Cadre.branch_id)
            .where(
                Branch.time_zone == zone,
                (Cadre.branch_id != terms.c.branch_id)
                | Cadre.host_body_id.is_distinct_from(terms.c.host_body_id)
                | (Cadre.npwp_valid != terms.c.npwp_valid),
            )
        )
        if cadre_id is not None:
            differing = differing.where(Cadre.id == cadre_id)
        new = differing.subquery("differing")
        done = change(
            update(Cadre)
            .where(Cadre.id == new.c.id)
            .values(branch_id=new.c.branch_id, host_body_id=new.c.host_body_id, npwp_valid=new.c.npwp_valid)
        )
        changed += done.rowcount
    if changed:
        moved = (User.id == Cadre.user_id) & User.branch_id.is_distinct_from(Cadre.branch_id)
        change(update(User).where(moved).values(branch_id=Cadre.branch_id))
    return changed
