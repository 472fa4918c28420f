"""Reads of the organisation: branches, offices, host bodies, who may see what, and its parameters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.organisation.models import Branch, HostBody, Parameter, RegionalOffice

BranchColumn = ColumnElement[int] | InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


def in_scope(actor: Actor, branch_id: BranchColumn) -> ColumnElement[bool]:
    """Return the condition that a branch column is in the actor's scope; a cadre's scope is their branch."""
    if sees_nation(actor):
        return true()
    if actor.scope == "region" and actor.role != "cadre":
        return branch_id.in_(select(Branch.id).where(Branch.regional_office_id == actor.region_id))
    return branch_id == actor.branch_id


def sees_nation(actor: Actor) -> bool:
    """Tell whether the actor's scope is the whole nation; a cadre's never is."""
    return actor.scope == "nation" and actor.role != "cadre"


def get_branch(branch_id: int, *, actor: Actor | None = None) -> Branch:
    """Return a branch; with an actor, only one in the actor's scope."""
    wanted = select(Branch).where(Branch.id == branch_id)
    if actor is not None:
        wanted = wanted.where(in_scope(actor, Branch.id))
    branch = db.session.scalars(wanted).one_or_none()
    if branch is None:
        raise NotFound("people.no_such_branch")
    return branch


def find_branch_by_code(code: str) -> Branch | None:
    """Return the branch with a code, or None."""
    return db.session.scalars(select(Branch).where(Branch.code == code)).one_or_none()


def list_branches(actor: Actor) -> Sequence[Branch]:
    """List the branches in the actor's scope by code."""
    return db.session.scalars(select(Branch).where(in_scope(actor, Branch.id)).order_by(Branch.code)).all()


def count_branches(actor: Actor) -> int:
    """Count the branches in the actor's scope."""
    return db.session.scalar(select(func.count()).select_from(Branch).where(in_scope(actor, Branch.id))) or 0


def list_regional_offices() -> Sequence[RegionalOffice]:
    """List the regional offices by code."""
    return db.session.scalars(select(RegionalOffice).order_by(RegionalOffice.code)).all()


def get_host_body(host_id: int) -> HostBody:
    """Return a host body."""
    host = db.session.get(HostBody, host_id)
    if host is None:
        raise NotFound("people.no_such_host")
    return host


def list_host_bodies() -> Sequence[HostBody]:
    """List the host bodies by code."""
    return db.session.scalars(select(HostBody).order_by(HostBody.code)).all()


@dataclass(frozen=True)
class ByMonth:
    """A parameter with the months from which its values hold, in order (rules.md 1.2)."""

    name: str
    values: tuple[tuple[str, Any], ...]

    def held_in(self, month: str) -> Any:
        """Return the value that holds in a month; a later value never applies earlier."""
        held = [value for from_month, value in self.values if from_month <= month]
        if not held:
            raise NotFound("points.no_parameter", {"name": self.name})
        return held[-1]


def parameter(name: str, *, month: str) -> Any:
    """Return a parameter as it holds in a month."""
    return parameter_by_month(name).held_in(month)


def parameters(names: Iterable[str], *, month: str) -> dict[str, Any]:
    """Return several parameters as they hold in a month, in one statement."""
    wanted, found = list(names), dict[str, list[tuple[str, Any]]]()
    query = select(Parameter.name, Parameter.from_month, Parameter.value).where(Parameter.name.in_(wanted))
    for name, from_month, value in db.session.execute(query.order_by(Parameter.from_month)):
        found.setdefault(name, []).append((from_month, value))
    return {name: ByMonth(name, tuple(found.get(name, ()))).held_in(month) for name in wanted}


def parameter_by_month(name: str) -> ByMonth:
    """Return a parameter with all of its values."""
    query = select(Parameter.from_month, Parameter.value).where(Parameter.name == name)
    rows = db.session.execute(query.order_by(Parameter.from_month)).all()
    return ByMonth(name, tuple((row.from_month, row.value) for row in rows))
