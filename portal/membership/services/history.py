"""Imported validated sign-ups compared with the extract: what disagrees is held for a person (rules.md 5.2)."""

from typing import Any

from sqlalchemy import Row, case, null, select

from portal.cadres.models import Cadre
from portal.database import bulk
from portal.database.extensions import db
from portal.database.steps import Steps
from portal.domain.actors import Actor, Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.domain.states import check_transition
from portal.membership.models import Participant
from portal.membership.queries.candidates import is_paid, is_registered_in_time
from portal.membership.services.numbering import number_participant
from portal.membership.services.results import Application
from portal.membership.services.settling import refresh_live_signups
from portal.signups.models import SignUp
from portal.signups.services.changing import Change, apply_changes, change_of, lock_to_decide

AT_ONCE = 2000


def contradict_history(*, done: Application, by: Signature) -> Steps[None]:
    """Hold linked history that the extract contradicts for a person, and release the rest; count how many changed.

    Contradicted: first registered outside the window of a new participant, or no row paid since the sign-up. What a
    person has decided stays decided.
    """
    s = SignUp
    reason = case(
        (~is_registered_in_time(), "history.registered"), (~is_paid(), "history.unpaid"), else_=null()
    )
    query = (
        select(s.id, s.version, Cadre.branch_id, reason.label("reason"))
        .join(Cadre, Cadre.id == s.cadre_id)
        .join(Participant, Participant.id == s.participant_id)
        .where(s.status == "validated", s.history, ~s.held_by_person, s.held_reason.is_distinct_from(reason))
        .order_by(s.id)
        .limit(AT_ONCE)
        .with_for_update(of=SignUp)
    )
    db.session.flush()
    last = 0
    while rows := bulk.plain_rows(query.where(s.id > last)).all():
        last = rows[-1].id
        apply_changes([_changed(row) for row in rows], by=by)
        done.add({"contradicted": len(rows)})
        yield


def _changed(row: Row[Any]) -> Change:
    act = "signup.contradicted" if row.reason else "signup.agreed"
    return Change(row.id, row.version, row.branch_id, act, row.reason, {"held_reason": row.reason})


def link_history_by_hand(
    *, signup_id: int, participant_id: int, reason: str, by: Signature, version: int | None = None
) -> None:
    """Record which participant an officer says this imported sign-up is; its open months count from then on."""
    signup, why = _lock_history(signup_id, reason=reason, actor=by.actor, version=version)
    person = db.session.get(Participant, participant_id)
    if person is None:
        raise NotFound("membership.no_such_participant")
    if person.signup_id not in {None, signup_id}:
        raise RuleBroken("membership.participant_taken")
    values = {"participant_id": person.id, "match_tier": "hand", "match_import_id": person.import_id}
    before = signup.participant_id
    change = change_of(signup, "signup.linked", reason=why, **values, held_reason=None, held_by_person=True)
    apply_changes([change], by=by)
    for number in {before, participant_id} - {None}:
        number_participant(participant_id=int(number or 0), by=by)
    refresh_live_signups(by=by)


def keep_history(*, signup_id: int, reason: str, by: Signature, version: int | None = None) -> None:
    """Keep an imported sign-up as it is, with a reason; no later extract asks again."""
    signup, why = _lock_history(signup_id, reason=reason, actor=by.actor, version=version)
    change = change_of(signup, "signup.kept", reason=why, held_reason=None, held_by_person=True)
    apply_changes([change], by=by)


def _lock_history(signup_id: int, *, reason: str, actor: Actor, version: int | None) -> tuple[SignUp, str]:
    signup, why = lock_to_decide(signup_id, reason=reason, actor=actor, version=version)
    check_transition("signup", signup.status, "withdraw")  # validated: otherwise there is nothing to decide
    if not signup.history or signup.held_reason is None:
        raise RuleBroken("membership.nothing_to_decide")
    return signup, why
