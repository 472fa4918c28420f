"""Cadres: adding one, status, certificate, alias, and showing a full number for a stated purpose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, update

from portal import audit, vault
from portal.accounts.models import User
from portal.accounts.services.users import NewPerson, RoleAssignment, add_user
from portal.cadres.models import Cadre, CadreTerm
from portal.cadres.queries.bank_accounts import find_account, open_account
from portal.cadres.queries.cadres import get_cadre, list_shown_names
from portal.cadres.queries.terms import FROM_THE_BEGINNING, today_for
from portal.cadres.services.certificates import set_certificate
from portal.cadres.services.states import note_state
from portal.database.extensions import db
from portal.database.guarded import change_one
from portal.domain.actors import Signature
from portal.domain.aliases import is_taken, parse_alias
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import month_of
from portal.domain.names import MIN_PURPOSE, check_reason
from portal.domain.states import check_transition
from portal.organisation.boards import touch_boards
from portal.organisation.queries import get_branch, get_host_body
from portal.organisation.services import clean_code, lock_branch

# Who may see which number in full (rules.md 9.1), each time for a purpose that the audit trail keeps.
MAY_REVEAL = {
    "account": frozenset({"finance", "admin", "supervisor"}),
    "phone": frozenset({"supervisor", "admin"}),
    "nik": frozenset({"admin"}),
}
GREETING = "menyapa kader yang lama diam"


@dataclass(frozen=True)
class NewCadre:
    """The data of a cadre who is added by hand."""

    code: str
    name: str
    branch_id: int
    host_body_id: int | None = None
    email: str | None = None
    phone: str | None = None
    joined_on: date | None = None


def create_cadre(*, new: NewCadre, by: Signature) -> tuple[Cadre, str]:
    """Add a candidate with an account; return the cadre and the first password."""
    code = clean_code(new.code)
    if db.session.scalar(select(Cadre.id).where(Cadre.code == code)) is not None:
        raise RuleBroken("people.code_taken", {"code": code})
    branch = get_branch(new.branch_id, actor=by.actor)
    if new.host_body_id is not None:
        get_host_body(new.host_body_id)
    user, password = add_user(
        person=NewPerson(new.name, new.email, new.phone),
        assignment=RoleAssignment("cadre", "branch", branch.id),
        by=by,
    )
    cadre = _add_candidate(new, code, user, by.at)
    audit.record(
        by=by,
        act="cadre.created",
        subject=audit.Subject("cadre", cadre.id, branch.id),
        details={"code": code},
    )
    return cadre, password


def _add_candidate(new: NewCadre, code: str, user: User, at: datetime) -> Cadre:
    """Store the cadre and their first term, which holds from the beginning."""
    cadre = Cadre(
        code=code,
        user_id=user.id,
        name=user.name,
        status="candidate",
        branch_id=new.branch_id,
        host_body_id=new.host_body_id,
        joined_on=new.joined_on,
        email=user.email,
        phone_sealed=user.phone_sealed,
        phone_hash=user.phone_hash,
        created_at=at,
    )
    db.session.add(cadre)
    db.session.flush()
    if new.joined_on is not None and new.joined_on > today_for(cadre.id, at):
        raise RuleBroken("people.day_in_future")
    first = {"from_month": FROM_THE_BEGINNING, "branch_id": new.branch_id, "host_body_id": new.host_body_id}
    db.session.execute(insert(CadreTerm).values(cadre_id=cadre.id, npwp_valid=False, **first))
    return cadre


def change_status(*, cadre_id: int, act: str, reason: str, version_seen: int, by: Signature) -> Cadre:
    """Change a cadre's status as the table of states allows (rules.md 2).

    Who was suspended for inactivity comes back from a month on; an admin may take them back earlier (rules.md 14).
    """
    cadre = get_cadre(cadre_id, actor=by.actor)
    if act == "activate":  # that asks more than this (rules.md 10.4)
        raise RuleBroken("people.activated_by_training")
    state = check_transition("cadre", cadre.status, act)
    text = check_reason(reason, "people.reason_needed")
    today = today_for(cadre.id, by.at)
    if act == "reinstate" and by.actor.role != "admin" and month_of(today) < (cadre.returns_from or ""):
        raise RuleBroken("people.returns_later", {"month": cadre.returns_from})
    begun = {"active_since": today, "returns_from": None} if state == "active" else {}
    _store_status(cadre, state, version_seen, begun, at=by.at)
    details = {"act": act, "before": cadre.status, "after": state}
    _record_status(cadre, text, version_seen, details, by)
    db.session.refresh(cadre)
    return cadre


def activate_cadre(*, cadre_id: int, version_seen: int, by: Signature) -> Cadre:
    """Make a candidate active; whether they may be is the caller's question (rules.md 10.4)."""
    cadre = get_cadre(cadre_id, actor=by.actor)
    state = check_transition("cadre", cadre.status, "activate")
    begun = {"active_since": today_for(cadre.id, by.at), "returns_from": None}
    _store_status(cadre, state, version_seen, begun, at=by.at)
    audit.record(
        by=by,
        act="cadre.activated",
        subject=audit.Subject("cadre", cadre.id, cadre.branch_id),
        version_seen=version_seen,
    )
    db.session.refresh(cadre)
    return cadre


def suspend_for_inactivity(*, cadre_id: int, reason: str, returns_from: str, by: Signature) -> None:
    """Suspend a cadre who brought nobody for months; they may come back from a month on (rules.md 14)."""
    cadre = get_cadre(cadre_id, actor=by.actor)
    state = check_transition("cadre", cadre.status, "suspend")
    _store_status(cadre, state, cadre.version, {"returns_from": returns_from}, at=by.at)
    details = {"act": "suspend", "before": cadre.status, "after": state, "returns_from": returns_from}
    _record_status(cadre, reason, cadre.version, details, by)


def _store_status(
    cadre: Cadre, state: str, version_seen: int, also: Mapping[str, object], *, at: datetime
) -> None:
    change_one(
        update(Cadre)
        .where(Cadre.id == cadre.id, Cadre.version == version_seen, Cadre.status == cadre.status)
        .values(status=state, version=Cadre.version + 1, **also),
        otherwise=RuleBroken("people.changed_meanwhile"),
    )
    note_state(cadre_id=cadre.id, status=state, at=at)


def _record_status(
    cadre: Cadre, reason: str, version_seen: int, details: Mapping[str, object], by: Signature
) -> None:
    audit.record(
        by=by,
        act="cadre.status_changed",
        subject=audit.Subject("cadre", cadre.id, cadre.branch_id),
        reason=reason,
        version_seen=version_seen,
        details=details,
    )


def certify_cadre(*, cadre_id: int, certified_on: date, by: Signature) -> Cadre:
    """Record when a cadre was trained elsewhere: a local date, not in the future nor before a certificate of ours."""
    cadre = get_cadre(cadre_id, actor=by.actor)
    if certified_on > today_for(cadre.id, by.at):
        raise RuleBroken("people.day_in_future")
    if cadre.certificate_on is not None and certified_on < cadre.certificate_on:
        raise RuleBroken("people.certificate_newer", {"day": cadre.certificate_on})
    before = cadre.certified_on
    set_certificate(cadre, certified_on)
    audit.record(
        by=by,
        act="cadre.certified",
        subject=audit.Subject("cadre", cadre.id, cadre.branch_id),
        details={"certified_on": str(certified_on), "before": str(before or "")},
    )
    return cadre


def set_alias(*, alias: str, by: Signature) -> Cadre:
    """Set the name that boards show instead of the cadre's name; empty shows the cadre's name again (rules.md 11.6).

    Two cadres of a branch who choose the same one at once are told apart by the lock on their branch.
    """
    cadre = get_cadre(by.actor.cadre_id or 0, actor=by.actor)
    text = parse_alias(alias)
    if text:
        lock_branch(cadre.branch_id)
        if is_taken(text, list_shown_names(cadre.branch_id, other_than=cadre.id)):
            raise RuleBroken("people.alias_taken", {"alias": text})
    before, cadre.alias = cadre.alias, text or None
    db.session.flush()
    if before != cadre.alias:
        touch_boards_of(cadre.id)
        audit.record(by=by, act="cadre.alias_set", subject=audit.Subject("cadre", cadre.id, cadre.branch_id))
    return cadre


def touch_boards_of(cadre_id: int) -> None:
    """Say that boards show a cadre otherwise: those of every branch that the cadre ever belonged to."""
    touch_boards(db.session.scalars(select(CadreTerm.branch_id).where(CadreTerm.cadre_id == cadre_id)))


def reveal_number(*, cadre_id: int, number: str, purpose: str, by: Signature) -> str:
    """Return a cadre's NIK, phone or account in full, and record who saw it for which purpose."""
    cadre = get_cadre(cadre_id, actor=by.actor)
    if by.actor.role not in MAY_REVEAL.get(number, frozenset()):
        raise NotAllowed("people.may_not_reveal")
    text = check_reason(purpose, "people.purpose_needed", least=MIN_PURPOSE)
    whole = _whole_number(cadre, number)
    if whole is None:
        raise RuleBroken("people.no_number")
    audit.record(
        by=by,
        act="number.revealed",
        subject=audit.Subject("cadre", cadre.id, cadre.branch_id),
        reason=text,
        details={"number": number},
    )
    return whole


def greet_cadre(*, cadre_id: int, by: Signature) -> str:
    """Record that a silent cadre is greeted, and return the phone that the message goes to, revealed for that purpose.

    The portal writes to nobody: who leads the branch sends it from the own phone.
    """
    phone = reveal_number(cadre_id=cadre_id, number="phone", purpose=GREETING, by=by)
    cadre = get_cadre(cadre_id, actor=by.actor)
    audit.record(by=by, act="cadre.greeted", subject=audit.Subject("cadre", cadre.id, cadre.branch_id))
    return phone


def _whole_number(cadre: Cadre, number: str) -> str | None:
    if number == "account":
        account = find_account(cadre.id)
        return open_account(account) if account else None
    sealed = {"nik": cadre.nik_sealed, "phone": cadre.phone_sealed}.get(number)
    return vault.unseal(sealed) if sealed else None
