"""A person's decisions on sign-ups: matches by hand, double claims, withdrawals."""

from sqlalchemy import select

from portal import audit
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.errors import NotFound, RuleBroken
from portal.membership.matching import read_windows
from portal.membership.models import Contribution, Participant
from portal.membership.queries.candidates import ready
from portal.membership.services.confirming import confirm_match
from portal.membership.services.numbering import number_participant
from portal.membership.services.settling import refresh_live_signups
from portal.signups.models import SignUp
from portal.signups.queries import get_signup
from portal.signups.services.changing import lock_signup, lock_to_decide
from portal.signups.services.decide import (
    HandMatch,
    match_signup,
    reject_signup,
    release_signup,
    withdraw_signup,
)


def match_by_hand(
    *, signup_id: int, participant_id: int, reason: str, by: Signature, version: int | None = None
) -> bool:
    """Choose a held sign-up's participant; True if a paid row validated it at once.

    Whether a late registration counts is this person's decision: it counts as new. An existing member stays
    refused.
    """
    signup = get_signup(signup_id, actor=by.actor)
    person = db.session.get(Participant, participant_id)
    if person is None:
        raise NotFound("membership.no_such_participant")
    payments = [(row.paid_on, row.blth) for row in _paid(person.id)]
    verdict = read_windows().verdict(signup, person, payments)
    if verdict == "already_member":
        raise RuleBroken("membership.already_member")
    if person.signup_id not in {None, signup_id} and verdict != "reactivated":
        raise RuleBroken("membership.participant_taken")
    outcome = "reactivated" if verdict == "reactivated" else "new"
    match = HandMatch(person.id, person.import_id, outcome)
    match_signup(signup_id=signup_id, match=match, reason=reason, by=by, version=version)
    refresh_live_signups(by=by)
    is_ready = db.session.execute(select(SignUp.id).where(SignUp.id == signup_id, *ready())).first()
    if is_ready is None:
        return False
    validate_match(signup_id=signup_id, by=by)
    return True


def _paid(participant_id: int) -> list[Contribution]:
    query = select(Contribution).where(Contribution.participant_id == participant_id)
    return list(db.session.execute(query).scalars())


def validate_match(*, signup_id: int, by: Signature, version: int | None = None) -> None:
    """Confirm one match that is ready; not a person's own report."""
    lock_signup(signup_id, actor=by.actor, version=version)
    confirm_match(signup_id=signup_id, by=by)
    refresh_live_signups(by=by)


def withdraw_validation(
    *, signup_id: int, kind: str, reason: str, by: Signature, version: int | None = None
) -> None:
    """Withdraw a validated sign-up: its points are reversed and its contributions no longer count (rules.md 2, 3.2)."""
    participant_id = get_signup(signup_id, actor=by.actor).participant_id
    withdraw_signup(signup_id=signup_id, kind=kind, reason=reason, by=by, version=version)
    _count_anew(participant_id, by=by)
    refresh_live_signups(by=by)


def _count_anew(participant_id: int | None, *, by: Signature) -> None:
    if participant_id is not None:
        number_participant(participant_id=participant_id, by=by)


def decide_dispute(*, signup_id: int, reason: str, by: Signature, version: int | None = None) -> None:
    """Decide a double claim: this sign-up goes on, every other live one of its NIK is rejected with the reason.

    Nobody decides on their own report. An earlier validated sign-up that loses is withdrawn as a wrong match.
    Payments from 3 days before a beaten claim on do not make the winner an existing member.
    """
    winner, why = lock_to_decide(signup_id, reason=reason, actor=by.actor, version=version)
    others = db.session.execute(
        select(SignUp.id, SignUp.status, SignUp.participant_id, SignUp.reported_on)
        .where(SignUp.nik_hash == winner.nik_hash, SignUp.is_live, SignUp.id != signup_id)
        .order_by(SignUp.id),
    ).all()
    disputed = winner.status == "disputed"
    if not winner.is_live or not others or not (disputed or any(row.status == "disputed" for row in others)):
        raise RuleBroken("membership.no_dispute")
    for other in others:
        if other.status == "validated":
            withdraw_signup(signup_id=other.id, kind="wrong_match", reason=why, decided=True, by=by)
            _count_anew(other.participant_id, by=by)
        else:
            reject_signup(signup_id=other.id, code="lost_dispute", reason=why, decided=True, by=by)
    if disputed:
        beaten_on = min(other.reported_on for other in others)
        release_signup(signup_id=signup_id, beaten_on=beaten_on, reason=why, by=by)
    else:
        audit.record(by=by, act="signup.dispute_won", subject=("signup", signup_id), reason=why)
    refresh_live_signups(by=by)
