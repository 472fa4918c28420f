"""Which open sign-ups an extract may change, and which of those are the plain case (rules.md 5.1 and 5.3)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, func, null, or_, select
from sqlalchemy.orm import aliased

from portal.activities.models import Activity
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.states import OPEN
from portal.membership.models import Participant
from portal.membership.queries.candidates import is_registered_in_time
from portal.signups.models import SignUp


def lock_open_signups() -> None:
    """Lock all open sign-ups in order until the transaction ends; on SQLite whoever writes has locked everything."""
    if db.session.get_bind().dialect.name == "postgresql":
        rows = select(SignUp.id).where(SignUp.status.in_(OPEN)).order_by(SignUp.id).with_for_update()
        db.session.execute(select(func.count()).select_from(rows.subquery())).all()


def last_of_open(*, after: int, limit: int) -> int | None:
    """Return the last of the next open sign-ups by number; None if there are no more."""
    rows = (
        select(SignUp.id).where(SignUp.status.in_(OPEN), SignUp.id > after).order_by(SignUp.id).limit(limit)
    )
    last: int | None = db.session.execute(select(func.max(rows.subquery().c.id))).scalar_one()
    return last


def undecided_rows(people: Table, *, as_of: Any) -> Select[Any]:
    """Select the open sign-ups whose stored match may differ from what the rows say, each with whether it is plain.

    Passed over are those that no participant shares a number with and that store no match, and those that a person
    has decided. `people`: the staged people of the extract as of this day.
    """
    s, p, staged = SignUp, Participant, people.c
    return (
        select(
            s.id,
            s.version,
            Cadre.branch_id,
            p.id.label("participant_id"),
            p.import_id,
            case((_is_plain(people, as_of), 1), else_=0).label("plain"),
        )
        .join(Cadre, Cadre.id == s.cadre_id)
        .outerjoin(Activity, Activity.ref == s.activity_ref)
        .outerjoin(p, p.nik_hash == s.nik_hash)
        .outerjoin(people, staged.nik_hash == s.nik_hash)
        .where(s.status.in_(OPEN), ~s.held_by_person, s.match_tier.is_distinct_from("hand"), _may_change())
        .order_by(s.id)
    )


def _held_by_activity() -> ColumnElement[Any]:
    held = {status: f"activity_{status}" for status in ("returned", "rejected")}
    return case(*((Activity.status == status, reason) for status, reason in held.items()), else_=null())


def _may_change() -> ColumnElement[bool]:
    s, owner = SignUp, aliased(Participant)
    # The limit has PostgreSQL look up these few cards; without it, it first reads those of everybody.
    by_card = select(owner.id).where(owner.kpj_hash == s.kpj_hash).limit(1).scalar_subquery()
    return or_(
        Participant.id.is_not(None),
        s.kpj_hash.is_not(None) & by_card.is_not(None),
        s.status == "matched",
        s.participant_id.is_not(None),
        s.match_tier.is_not(None),
        s.outcome.is_not(None),
        s.held_reason.is_distinct_from(_held_by_activity()),
    )


def _is_plain(people: Table, as_of: Any) -> ColumnElement[bool]:
    """Tell whether the rows match a sign-up beyond doubt: T1 with equal names, new, nothing held, nobody else's.

    The participant's name is the staged one if the extract is as of the day that the participant is.
    """
    s, p, staged = SignUp, Participant, people.c
    mine, theirs = _folded(s.name), _folded(staged.name)
    return and_(
        s.status == "reported",
        s.held_reason.is_(None),
        _held_by_activity().is_(None),
        p.as_of == as_of,
        p.birth_date == s.birth_date,
        p.signup_id.is_(None),
        is_registered_in_time(),
        mine == theirs,
        mine != func.lower(mine),  # a name without any letter is like no other
    )


def _folded(name: Any) -> ColumnElement[str]:
    """Upper-case the letters of ASCII alone, alike on both databases: names that are equal so are equal to anybody."""
    plain = name if db.session.get_bind().dialect.name == "sqlite" else name.collate("C")
    folded: ColumnElement[str] = func.upper(plain)
    return folded
