"""Reads of sign-ups."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, func, select

from portal.audit import AuditEvent
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.claims import Claim
from portal.domain.errors import NotFound
from portal.domain.months import first_day, last_day, next_month
from portal.domain.states import UNDECIDED
from portal.organisation.models import Branch
from portal.organisation.queries import in_scope, sees_nation
from portal.signups.models import SignUp
from portal.tallies.models import Tally
from portal.tallies.queries import ZONE_STATES, total, total_by

PAGE = 50
# The statuses that the list of sign-ups shows under one heading.
GROUPS = {
    "open": UNDECIDED,
    "disputed": ("disputed",),
    "validated": ("validated",),
    "expired": ("expired",),
    "rejected": ("rejected",),
}


def find_signup_by_ref(ref: str) -> SignUp | None:
    """Return the sign-up with a reference, as it stands now, or None."""
    return db.session.scalars(
        select(SignUp).where(SignUp.ref == ref).execution_options(populate_existing=True),
    ).one_or_none()


def _in_scope(query: Select[tuple[SignUp]], actor: Actor) -> Select[tuple[SignUp]]:
    """Keep what is in the actor's scope; a cadre sees only their own sign-ups."""
    query = query.join(Cadre, Cadre.id == SignUp.cadre_id).where(in_scope(actor, Cadre.branch_id))
    return query.where(SignUp.cadre_id == actor.cadre_id) if actor.role == "cadre" else query


def get_signup(signup_id: int, *, actor: Actor) -> SignUp:
    """Return a sign-up in scope."""
    query = _in_scope(select(SignUp).where(SignUp.id == signup_id), actor)
    signup = db.session.scalars(query).one_or_none()
    if signup is None:
        raise NotFound("signups.no_such")
    return signup


def lock_claims(nik_hash: bytes) -> list[Claim]:
    """Lock the live sign-ups of a NIK until the transaction ends and list them, earliest first.

    Whoever decides on them next waits for this transaction, and a new claim never disputes one that is gone.
    """
    rows = db.session.execute(
        select(SignUp.id, SignUp.ref, SignUp.cadre_id, SignUp.status, SignUp.reported_on)
        .where(SignUp.nik_hash == nik_hash, SignUp.is_live)
        .order_by(SignUp.id)
        .with_for_update(),
    )
    return [Claim(row.id, row.ref, row.cadre_id, row.status, row.reported_on) for row in rows]


def list_by_activity(activity_ref: str) -> Sequence[SignUp]:
    """List the sign-ups of a report by their order of arrival."""
    return db.session.scalars(
        select(SignUp).where(SignUp.activity_ref == activity_ref).order_by(SignUp.id),
    ).all()


def count_by_activity(activity_refs: Sequence[str]) -> dict[str, int]:
    """Count the sign-ups of several reports, without those their cadre took back."""
    rows = db.session.execute(
        select(SignUp.activity_ref, func.count())
        .where(SignUp.activity_ref.in_(activity_refs))
        .where(SignUp.reject_code.is_(None) | (SignUp.reject_code != "removed_by_cadre"))
        .group_by(SignUp.activity_ref),
    )
    return {str(ref): int(count) for ref, count in rows}


def count_phone_uses(phone_hashes: set[bytes]) -> int:
    """Count the sign-ups with the most used of these phone numbers; 0 without any."""
    if not phone_hashes:
        return 0
    uses = db.session.scalars(
        select(func.count())
        .where(SignUp.phone_hash.in_(phone_hashes), SignUp.is_live)
        .group_by(SignUp.phone_hash),
    ).all()
    return max(uses, default=0)


def list_signups(
    actor: Actor,
    *,
    group: str = "open",
    month: str = "",
    before: int | None = None,
    limit: int = PAGE,
) -> Sequence[Row[tuple[SignUp, str, str]]]:
    """List the sign-ups of a group in scope with cadre and branch, newest first; one more than fits on a page.

    `month`: only those confirmed in it and still valid.
    """
    chosen = _confirmed_in(actor, month) if month else [SignUp.status.in_(GROUPS.get(group, GROUPS["open"]))]
    query = (
        select(SignUp, Cadre.name.label("cadre"), Branch.name.label("branch"))
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .join(Branch, Branch.id == Cadre.branch_id)
        .where(in_scope(actor, Cadre.branch_id), *chosen)
        .order_by(SignUp.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(SignUp.id < before)
    return db.session.execute(query).all()


def _confirmed_in(actor: Actor, month: str) -> list[ColumnElement[bool]]:
    """Return the conditions of a valid sign-up that was confirmed in a month of the actor's calendar."""
    zone = ZoneInfo(actor.zone)
    begin, end = (datetime.combine(first_day(one), time(), tzinfo=zone) for one in (month, next_month(month)))
    return [SignUp.status == "validated", SignUp.validated_at >= begin, SignUp.validated_at < end]


def count_confirmed(actor: Actor, month: str) -> int:
    """Count the valid sign-ups in scope that were confirmed in a month: the same rows as its list."""
    here = (Tally.state == ZONE_STATES[actor.zone], Tally.month == month)
    if sees_nation(actor):
        return total("confirmed", *here)
    return total("branch_confirmed", *here, in_scope(actor, Tally.branch_id))


def waiting_for_extract(cadre_id: int, month: str) -> list[ColumnElement[bool]]:
    """Return the conditions of a cadre's sign-ups of a month that wait for the extract."""
    return waiting_between(cadre_id, first_day(month), last_day(month))


def waiting_between(cadre_id: Any, first: Any, last: Any) -> list[ColumnElement[bool]]:
    """Return the same between two local dates, for values that a statement is given later."""
    return [
        SignUp.cadre_id == cadre_id,
        SignUp.status.in_(GROUPS["open"]),
        SignUp.reported_on.between(first, last),
    ]


def count_groups(actor: Actor) -> dict[str, int]:
    """Count the sign-ups in scope by group."""
    by_status = _count_nation() if sees_nation(actor) else _count_by_status(actor)
    return {group: sum(by_status.get(status, 0) for status in states) for group, states in GROUPS.items()}


def _count_by_status(actor: Actor) -> dict[str, int]:
    rows = db.session.execute(
        select(SignUp.status, func.count())
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .where(in_scope(actor, Cadre.branch_id))
        .group_by(SignUp.status),
    )
    return {str(status): int(count) for status, count in rows}


def _count_nation() -> dict[str, int]:
    """Return the nation's sign-ups by status, from the kept sums; their states begin with it."""
    found: Counter[str] = Counter()
    for state, count in total_by(Tally.state, "signup").items():
        found[state.partition(":")[0]] += count
    return found


def list_rivals(signup: SignUp, *, actor: Actor) -> Sequence[Row[tuple[SignUp, str]]]:
    """List the other sign-ups of the same NIK in scope with their cadre's name, earliest first."""
    return db.session.execute(
        select(SignUp, Cadre.name.label("cadre"))
        .join(Cadre, Cadre.id == SignUp.cadre_id)
        .where(SignUp.nik_hash == signup.nik_hash, SignUp.id != signup.id, in_scope(actor, Cadre.branch_id))
        .order_by(SignUp.id),
    ).all()


def count_reveals(user_id: int, *, since: datetime) -> int:
    """Count the full NIKs that somebody has seen since an instant."""
    query = select(func.count(AuditEvent.id)).where(
        AuditEvent.actor_id == user_id, AuditEvent.act == "signup.nik_revealed", AuditEvent.at > since
    )
    return db.session.execute(query).scalar_one()
