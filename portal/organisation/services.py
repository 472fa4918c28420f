"""Writes of the organisation: adding and changing branches, offices and host bodies."""

from dataclasses import dataclass

from sqlalchemy import select

from portal import audit
from portal.database.extensions import db
from portal.domain.actors import Actor, Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import ZONES
from portal.organisation.boards import touch_boards
from portal.organisation.models import Branch, HostBody, RegionalOffice
from portal.organisation.queries import get_branch, get_host_body

_FORBIDDEN = frozenset(",\"'\r\n\t")


def clean_code(code: str) -> str:
    """Return a trimmed code; raise RuleBroken for one the digest cannot contain (rules.md 7.1)."""
    text = code.strip()
    if not text or len(text) > 64 or _FORBIDDEN & set(text) or not text.isprintable():
        raise RuleBroken("people.bad_code_text", {"code": text[:64]})
    return text


def _check_nation(actor: Actor) -> None:
    """Branches and host bodies are the nation's master data: admins of a region may only read them."""
    if actor.scope != "nation":
        raise NotAllowed("people.nation_only")


def _check_unused(model: type[Branch | HostBody | RegionalOffice], code: str) -> None:
    if db.session.scalar(select(model.id).where(model.code == code)) is not None:
        raise RuleBroken("people.code_taken", {"code": code})


def ensure_regional_office(*, name: str, by: Signature) -> int:
    """Return the regional office with this code or name, adding it if there is none."""
    text = " ".join(name.split())
    found = db.session.scalar(
        select(RegionalOffice.id).where((RegionalOffice.code == text) | (RegionalOffice.name == text)),
    )
    if found is not None:
        return found
    office = RegionalOffice(code=clean_code(text), name=text)
    db.session.add(office)
    db.session.flush()
    audit.record(by=by, act="regional_office.added", subject=("regional_office", office.id))
    return office.id


@dataclass(frozen=True)
class BranchDetails:
    """What can change about a branch; an unknown regional office is added."""

    name: str
    regional_office: str
    time_zone: str
    region_code: str | None = None
    phone: str | None = None
    address: str | None = None


def create_branch(*, code: str, details: BranchDetails, by: Signature) -> Branch:
    """Add a branch, and its regional office if that is new."""
    _check_nation(by.actor)
    code = clean_code(code)
    _check_unused(Branch, code)
    branch = Branch(code=code)
    _set_branch(branch, details, by=by)
    db.session.add(branch)
    db.session.flush()
    audit.record(
        by=by, act="branch.created", subject=audit.Subject("branch", branch.id, branch.id),
        details={"code": code},
    )  # fmt: skip
    return branch


def edit_branch(*, branch_id: int, details: BranchDetails, by: Signature) -> Branch:
    """Change a branch; its code stays, since closed months name it. Standings follow a new office in transfers."""
    branch = get_branch(branch_id, actor=by.actor)
    _check_nation(by.actor)
    before = {"name": branch.name, "time_zone": branch.time_zone, "region_code": branch.region_code}
    _set_branch(branch, details, by=by)
    db.session.flush()
    audit.record(
        by=by, act="branch.edited", subject=audit.Subject("branch", branch.id, branch.id),
        details={"before": before},
    )  # fmt: skip
    return branch


def _set_branch(branch: Branch, details: BranchDetails, *, by: Signature) -> None:
    if details.time_zone not in ZONES:
        raise RuleBroken("zone.unknown", {"zone": details.time_zone})
    branch.name = " ".join(details.name.split())
    branch.regional_office_id = ensure_regional_office(name=details.regional_office, by=by)
    branch.time_zone = details.time_zone
    branch.region_code = (details.region_code or "").strip() or None
    branch.phone = " ".join((details.phone or "").split()) or None
    branch.address = " ".join((details.address or "").split()) or None
    touch_boards()


def lock_branch(branch_id: int) -> None:
    """Let nobody else change what must be unique within a branch until this transaction ends."""
    db.session.execute(select(Branch.id).where(Branch.id == branch_id).with_for_update(key_share=True))


def create_host_body(*, code: str, name: str, by: Signature) -> HostBody:
    """Add a host body."""
    _check_nation(by.actor)
    code = clean_code(code)
    _check_unused(HostBody, code)
    host = HostBody(code=code, name=" ".join(name.split()))
    db.session.add(host)
    db.session.flush()
    audit.record(by=by, act="host_body.created", subject=("host_body", host.id), details={"code": code})
    return host


def edit_host_body(*, host_id: int, name: str, by: Signature) -> HostBody:
    """Change a host body's name."""
    host = get_host_body(host_id)
    _check_nation(by.actor)
    before, host.name = host.name, " ".join(name.split())
    db.session.flush()
    touch_boards()
    details = {"before": before}
    audit.record(by=by, act="host_body.edited", subject=("host_body", host.id), details=details)
    return host
