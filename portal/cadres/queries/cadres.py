"""Cadres: one of them, the list in scope, and the numbers per branch and host body."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Row, func, or_, select, tuple_

from portal import vault
from portal.cadres.models import BankAccount, Cadre
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.domain.nik import mask_nik, mask_phone
from portal.domain.phones import normalise_phone
from portal.organisation.models import Branch, HostBody, RegionalOffice
from portal.organisation.queries import in_scope, sees_nation
from portal.tallies.models import Tally
from portal.tallies.queries import total

PAGE = 50
ACCOUNT_STATES = ("none", "unverified", "verified")


@dataclass(frozen=True)
class CadreFilter:
    """The filter of the list of cadres: words of name or code, status, branch, account, certificate.

    `ends_by`: only who is at work under a certificate that ends, or ended, by this day.
    """

    words: str = ""
    status: str = ""
    branch_id: int | None = None
    account: str = ""
    ends_by: date | None = None


def get_cadre(cadre_id: int, *, actor: Actor | None = None) -> Cadre:
    """Return a cadre; with an actor, only one in scope. A cadre gets only their own record."""
    wanted = select(Cadre).where(Cadre.id == cadre_id)
    if actor is not None:
        wanted = wanted.where(in_scope(actor, Cadre.branch_id))
        if actor.role == "cadre":
            wanted = wanted.where(Cadre.id == actor.cadre_id)
    cadre = db.session.scalars(wanted).one_or_none()
    if cadre is None:
        raise NotFound("people.no_such_cadre")
    return cadre


def find_cadre_by_code(code: str) -> Cadre | None:
    """Return the cadre with a code, or None."""
    return db.session.scalars(select(Cadre).where(Cadre.code == code)).one_or_none()


def find_cadre_by_phone(phone: str, *, actor: Actor) -> Cadre | None:
    """Return the cadre in scope with a phone number, in any spelling, or None."""
    fingerprint = vault.fingerprint("phone", normalise_phone(phone))
    wanted = select(Cadre).where(Cadre.phone_hash == fingerprint, in_scope(actor, Cadre.branch_id))
    return db.session.scalars(wanted.order_by(Cadre.id)).first()


def find_cadre_by_user(user_id: int) -> Cadre | None:
    """Return the cadre that an account belongs to, or None."""
    return db.session.scalars(select(Cadre).where(Cadre.user_id == user_id)).one_or_none()


def masks_of(cadre_id: int) -> dict[str, str]:
    """Return a cadre's masked NIK and phone number; missing where the number is unknown."""
    row = db.session.execute(select(Cadre.nik_sealed, Cadre.phone_sealed).where(Cadre.id == cadre_id)).one()
    found = {}
    if row.nik_sealed:
        found["nik"] = mask_nik(vault.unseal(row.nik_sealed))
    if row.phone_sealed:
        found["phone"] = mask_phone(vault.unseal(row.phone_sealed))
    return found


def _has_account(*, verified: bool | None) -> ColumnElement[bool]:
    account = select(BankAccount.id).where(BankAccount.cadre_id == Cadre.id, BankAccount.is_current)
    checked = BankAccount.verified_by.is_not(None) | BankAccount.imported_verified
    if verified is not None:
        account = account.where(checked if verified else ~checked)
    return account.exists()


def _conditions(actor: Actor, wanted: CadreFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [in_scope(actor, Cadre.branch_id)]
    text = " ".join(wanted.words.split())
    if text:
        searched = (func.lower(Cadre.name), func.lower(Cadre.code))
        found.append(or_(*(column.contains(text.lower(), autoescape=True) for column in searched)))
    if wanted.status:
        found.append(Cadre.status == wanted.status)
    if wanted.branch_id is not None:
        found.append(Cadre.branch_id == wanted.branch_id)
    if wanted.account == "none":
        found.append(~_has_account(verified=None))
    elif wanted.account:
        found.append(_has_account(verified=wanted.account == "verified"))
    return [*found, *_ending(wanted.ends_by)]


def _ending(ends_by: date | None) -> list[ColumnElement[bool]]:
    if ends_by is None:
        return []
    return [Cadre.status == "active", Cadre.certified_until <= ends_by]


def list_cadres(
    actor: Actor, wanted: CadreFilter, *, after: tuple[str, int] | None = None
) -> Sequence[Row[tuple[Cadre, str, str]]]:
    """List cadres in scope by name with branch and host body; one more than fits on a page."""
    listed = (
        select(Cadre, Branch.name.label("branch"), HostBody.name.label("host"))
        .join(Branch, Branch.id == Cadre.branch_id)
        .outerjoin(HostBody, HostBody.id == Cadre.host_body_id)
        .where(*_conditions(actor, wanted))
        .order_by(Cadre.name, Cadre.id)
        .limit(PAGE + 1)
    )
    if after is not None:
        listed = listed.where(tuple_(Cadre.name, Cadre.id) > after)
    return db.session.execute(listed).all()


def count_cadres(actor: Actor, wanted: CadreFilter) -> int:
    """Count the cadres in scope that a filter finds; what the first pages ask for is kept as a sum."""
    if wanted.status and wanted == CadreFilter(status=wanted.status):
        return total("cadre", Tally.state == wanted.status, in_scope(actor, Tally.branch_id))
    if wanted == CadreFilter(account="unverified") and sees_nation(actor):
        return total("account", Tally.state == "unverified")
    return db.session.scalar(select(func.count(Cadre.id)).where(*_conditions(actor, wanted))) or 0


def has_cadres() -> bool:
    """Tell whether there are any cadres yet."""
    return db.session.execute(select(Cadre.id).limit(1)).first() is not None


def cadre_names() -> dict[int, str]:
    """Map every cadre to their present name."""
    return {row.id: row.name for row in db.session.execute(select(Cadre.id, Cadre.name))}


def list_shown_names(branch_id: int, *, other_than: int) -> list[str]:
    """List the names and aliases of a branch's cadres, of all but one."""
    query = select(Cadre.name, Cadre.alias).where(Cadre.branch_id == branch_id, Cadre.id != other_than)
    return [name for row in db.session.execute(query) for name in row if name]


def list_branches_with_counts(actor: Actor) -> Sequence[Row[tuple[Branch, str, int]]]:
    """List the branches in the actor's scope with their regional office's name and number of cadres."""
    cadres = select(func.count()).where(Cadre.branch_id == Branch.id).scalar_subquery()
    return db.session.execute(
        select(Branch, RegionalOffice.name.label("office"), cadres.label("cadres"))
        .join(RegionalOffice, RegionalOffice.id == Branch.regional_office_id)
        .where(in_scope(actor, Branch.id))
        .order_by(Branch.code),
    ).all()


def list_host_bodies_with_counts() -> Sequence[Row[tuple[HostBody, int]]]:
    """List the host bodies with their number of cadres."""
    cadres = select(func.count()).where(Cadre.host_body_id == HostBody.id).scalar_subquery()
    return db.session.execute(select(HostBody, cadres.label("cadres")).order_by(HostBody.code)).all()
