"""Reads for the validator's workbench: extracts, work lists, one case with candidates, disputes, conflicts."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from portal import vault
from portal.accounts.models import User
from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.domain.names import name_score
from portal.domain.states import UNDECIDED
from portal.jobs import Job, find_job
from portal.membership.models import Contribution, ContributionConflict, ExtractImport, Participant
from portal.membership.queries.candidates import is_paid
from portal.organisation.models import Branch
from portal.organisation.queries import in_scope, sees_nation
from portal.signups.models import SignUp
from portal.signups.queries import get_signup
from portal.tallies.models import CadreSum, Tally
from portal.tallies.queries import total_by

PAGE = 50
_LIKELY = 900  # per mille: with the same birth date, a name this similar is worth showing
_MAX_CANDIDATES = 6
GROUPS = ("ready", "held", "unpaid", "unknown", "disputed", "expired", "history", "validated", "rejected")


@dataclass(frozen=True)
class Candidate:
    """A participant that a sign-up may be, with what is equal and what is not."""

    id: int
    name: str
    birth_date: Any
    first_registered_on: Any
    status: str
    pack: str
    score: int
    same_nik: bool
    same_kpj: bool
    same_birth: bool
    taken: bool
    payments: Sequence[Row[Any]]


def list_extracts(limit: int = 12) -> Sequence[Row[Any]]:
    """List the newest uploads and applied extracts with the person who brought them."""
    return db.session.execute(
        select(ExtractImport, User.name.label("by"))
        .join(User, User.id == ExtractImport.uploaded_by)
        .order_by(ExtractImport.id.desc())
        .limit(limit),
    ).all()


def get_extract(number: int) -> ExtractImport:
    """Return an upload or an application."""
    row = db.session.get(ExtractImport, number)
    if row is None:
        raise NotFound("membership.no_such_extract")
    return row


def find_job_of(extract: ExtractImport) -> Job | None:
    """Return the job that works, or worked, on an upload."""
    return None if extract.job_id is None else find_job(extract.job_id)


def _conditions(group: str) -> list[ColumnElement[bool]]:
    free = SignUp.held_reason.is_(None)
    if group in {"ready", "unpaid"}:  # apart, since only these two ask which payments count
        return [SignUp.status == "matched", free, is_paid() if group == "ready" else ~is_paid()]
    found: dict[str, list[ColumnElement[bool]]] = {
        "held": [SignUp.status.in_((*UNDECIDED, "expired")), SignUp.held_reason.is_not(None)],
        "unknown": [SignUp.status == "reported", free],
        "disputed": [SignUp.status == "disputed"],
        "expired": [SignUp.status == "expired", free],
        "history": [SignUp.status == "validated", SignUp.held_reason.is_not(None)],
        "validated": [SignUp.status == "validated"],
        "rejected": [SignUp.status == "rejected"],
    }
    return found[group if group in GROUPS else "held"]


def count_groups(actor: Actor) -> dict[str, int]:
    """Count the sign-ups in scope by what has to be done with them."""
    return _count_nation() if sees_nation(actor) else {group: _count(actor, group) for group in GROUPS}


def _count(actor: Actor, group: str) -> int:
    query = select(func.count(SignUp.id)).join(Cadre, Cadre.id == SignUp.cadre_id)
    query = query.where(in_scope(actor, Cadre.branch_id), *_conditions(group))
    return db.session.execute(query).scalar_one()


def _count_nation() -> dict[str, int]:
    """Return the nation's groups from the kept sums, as _conditions() tells them apart; only payments are looked up."""
    free: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for state, count in total_by(Tally.state, "signup").items():
        status, kept, *_ = state.split(":")
        (free if kept == "free" else held)[status] += count
    ready = db.session.execute(select(func.count(SignUp.id)).where(*_conditions("ready"))).scalar_one()
    return {
        "ready": ready,
        "held": sum(held[status] for status in (*UNDECIDED, "expired")),
        "unpaid": free["matched"] - ready,
        "unknown": free["reported"],
        "disputed": free["disputed"] + held["disputed"],
        "expired": free["expired"],
        "history": held["validated"],
        "validated": free["validated"] + held["validated"],
        "rejected": free["rejected"] + held["rejected"],
    }


def count_participants(actor: Actor) -> dict[str, int]:
    """Count the participants of the cadres in scope by status."""
    if sees_nation(actor):
        return total_by(Tally.state, "participant")
    columns = (CadreSum.active, CadreSum.grace, CadreSum.lapsed)
    query = select(*(func.coalesce(func.sum(column), 0).label(column.key) for column in columns))
    query = query.join(Cadre, Cadre.id == CadreSum.cadre_id).where(in_scope(actor, Cadre.branch_id))
    return {state: int(count) for state, count in db.session.execute(query).one()._asdict().items()}


def list_group(actor: Actor, *, group: str, after: int = 0, limit: int = PAGE) -> Sequence[Row[Any]]:
    """List the sign-ups of a group in scope, oldest first; one more than fits on a page. `after`: the last id."""
    query = (
        select(SignUp, Cadre.name.label("cadre"), Branch.name.label("branch"))
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .join(Branch, Branch.id == Cadre.branch_id)
        .where(in_scope(actor, Cadre.branch_id), SignUp.id > after, *_conditions(group))
        .order_by(SignUp.id)
        .limit(limit + 1)
    )
    return db.session.execute(query).all()


def get_case(signup_id: int, *, actor: Actor) -> tuple[SignUp, Cadre, Branch]:
    """Return a sign-up in scope with its cadre and branch."""
    signup = get_signup(signup_id, actor=actor)
    cadre = db.session.get_one(Cadre, signup.cadre_id)
    return signup, cadre, db.session.get_one(Branch, cadre.branch_id)


def list_candidates_of(signup: SignUp) -> list[Candidate]:
    """List the participants that a sign-up may be, likeliest first."""
    p = Participant
    same = [p.nik_hash == signup.nik_hash, p.id == (signup.participant_id or 0)]
    if signup.kpj_hash is not None:
        same.append(p.kpj_hash == signup.kpj_hash)
    nik_first = case((p.nik_hash == signup.nik_hash, 0), else_=1)
    numbered = select(p).where(or_(*same)).order_by(nik_first, p.id).limit(_MAX_CANDIDATES)
    people = list(db.session.execute(numbered).scalars())
    known = {person.id for person in people}
    born = select(p).where(p.birth_date == signup.birth_date, p.id.not_in(known)).order_by(p.id).limit(500)
    people += [one for one in db.session.execute(born).scalars() if _score(signup, one) >= _LIKELY]
    found = [_candidate(signup, person) for person in people]
    return sorted(found, key=lambda one: (-one.same_nik, -one.same_kpj, -one.score, one.id))[:_MAX_CANDIDATES]


def _score(signup: SignUp, person: Participant) -> int:
    return name_score(signup.name, vault.unseal(person.name_sealed))


def _candidate(signup: SignUp, person: Participant) -> Candidate:
    paid = db.session.execute(
        select(Contribution.blth, Contribution.paid_on, Contribution.amount)
        .where(Contribution.participant_id == person.id)
        .order_by(Contribution.paid_on.desc(), Contribution.blth.desc())
        .limit(4),
    ).all()
    return Candidate(
        id=person.id,
        name=vault.unseal(person.name_sealed),
        birth_date=person.birth_date,
        first_registered_on=person.first_registered_on,
        status=person.status,
        pack=person.pack,
        score=_score(signup, person),
        same_nik=person.nik_hash == signup.nik_hash,
        same_kpj=signup.kpj_hash is not None and person.kpj_hash == signup.kpj_hash,
        same_birth=person.birth_date == signup.birth_date,
        taken=person.signup_id not in {None, signup.id},
        payments=paid,
    )


def list_history_of(signup: SignUp) -> Sequence[Row[Any]]:
    """List what was done to a sign-up, newest first."""
    return db.session.execute(
        select(AuditEvent.at, AuditEvent.act, AuditEvent.reason, User.name.label("by"))
        .join(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.subject_kind == "signup", AuditEvent.subject_id == str(signup.id))
        .order_by(AuditEvent.id.desc())
        .limit(20),
    ).all()


def _claims(actor: Actor) -> Select[Any]:
    return (
        select(SignUp, Cadre.name.label("cadre"), Branch.name.label("branch"), Branch.id.label("branch_id"))
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .join(Branch, Branch.id == Cadre.branch_id)
        .where(in_scope(actor, Cadre.branch_id))
    )


def _in_dispute() -> ColumnElement[bool]:
    """Return the condition that a live sign-up's worker is claimed twice."""
    disputed = select(SignUp.nik_hash).where(SignUp.status == "disputed", SignUp.is_live)
    return and_(SignUp.nik_hash.in_(disputed), SignUp.is_live)


def count_disputes(actor: Actor) -> int:
    """Count the double claims in scope: the same ones as on their page."""
    claim = aliased(SignUp)
    here = (
        select(claim.id)
        .join(Cadre, Cadre.id == claim.cadre_id)
        .where(claim.nik_hash == SignUp.nik_hash, claim.is_live, in_scope(actor, Cadre.branch_id))
    )
    # From the disputed, who are few: the other way round it reads all sign-ups of the scope.
    disputed = (SignUp.status == "disputed", SignUp.is_live, here.exists())
    return db.session.execute(select(func.count(SignUp.nik_hash.distinct())).where(*disputed)).scalar_one()


def list_disputes(actor: Actor, *, skip: int = 0, limit: int = PAGE) -> list[list[Row[Any]]]:
    """List the double claims: for each NIK the live sign-ups in scope, first reported first."""
    rows = db.session.execute(
        _claims(actor).where(_in_dispute()).order_by(SignUp.reported_on, SignUp.id)
    ).all()
    groups: defaultdict[bytes, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[bytes(row.SignUp.nik_hash)].append(row)
    return list(groups.values())[skip : skip + limit]


def list_conflicts(*, status: str = "open", skip: int = 0, limit: int = PAGE) -> Sequence[Row[Any]]:
    """List extract rows that disagree with a stored contribution, or with each other (then none is stored)."""
    k = ContributionConflict
    stored = (Contribution.participant_id == k.participant_id) & (Contribution.blth == k.blth)
    rows = db.session.execute(
        select(
            ContributionConflict,
            Contribution.amount,
            Contribution.paid_on,
            Contribution.payer_type,
            Contribution.pack,
            Contribution.number,
            Participant.name_sealed,
            ExtractImport.as_of,
            ExtractImport.file_name,
        )
        .join(Participant, Participant.id == ContributionConflict.participant_id)
        .outerjoin(Contribution, stored)
        .join(ExtractImport, ExtractImport.id == ContributionConflict.import_id)
        .where(ContributionConflict.status == status)
        .order_by(k.participant_id, k.blth, k.id)
        .offset(skip)
        .limit(limit),
    )
    return rows.all()


def count_conflicts(status: str = "open") -> int:
    """Count the conflicts of a status; without one, those that wait for a decision."""
    query = select(func.count(ContributionConflict.id)).where(ContributionConflict.status == status)
    return db.session.execute(query).scalar_one()
