"""Carries out a person's decision of a rich world through the portal's own services."""

from datetime import datetime

from factories import actor_of, make_user
from sqlalchemy import select

from portal import vault
from portal.accounts.models import User
from portal.cadres.models import Cadre
from portal.care.services.hand_overs import HandingOver, hand_over
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.membership.models import ContributionConflict, Participant
from portal.membership.services.conflicts import decide_conflict
from portal.membership.services.deciding import decide_dispute, match_by_hand, withdraw_validation
from portal.signups.models import SignUp
from portal.signups.services.decide import reject_signup


def _validator():
    user = db.session.scalar(select(User).where(User.role == "validator"))
    return actor_of(user or make_user(role="validator", name="Vera Susanti"))


def _admin():
    user = db.session.scalar(select(User).where(User.role == "admin"))
    return actor_of(user or make_user(role="admin", name="Ratna Dewi"))


def _signup(ref: str) -> int:
    return db.session.execute(select(SignUp.id).where(SignUp.ref == ref)).scalar_one()


def _participant(nik: str) -> int:
    query = select(Participant.id).where(Participant.nik_hash == vault.fingerprint("nik", nik))
    return db.session.execute(query).scalar_one()


def _conflict(nik: str, blth: str) -> int:
    query = select(ContributionConflict.id).where(
        ContributionConflict.participant_id == _participant(nik),
        ContributionConflict.blth == blth,
        ContributionConflict.status == "open",
    )
    return db.session.execute(query).scalar_one()


def perform(act: str, words: tuple, clock: str) -> None:
    """Do it as a validator, in one transaction."""
    db.session.remove()
    said = {"reason": "Sudah diperiksa", "by": Signature(_validator(), datetime.fromisoformat(clock))}
    with transaction():
        if act == "withdraw":
            withdraw_validation(signup_id=_signup(words[0]), kind=words[1], **said)
        elif act == "dispute":
            decide_dispute(signup_id=_signup(words[0]), **said)
        elif act == "reject":
            reject_signup(signup_id=_signup(words[0]), code="by_person", **said)
        elif act == "hand":
            ref = words[0]
            nik = db.session.execute(select(SignUp.nik_hash).where(SignUp.ref == ref)).scalar_one()
            query = select(Participant.id).where(Participant.nik_hash == nik)
            person = db.session.execute(query).scalar_one()
            match_by_hand(signup_id=_signup(ref), participant_id=person, **said)
        elif act == "conflict":
            nik, blth, accept = words
            decide_conflict(conflict_id=_conflict(nik, blth), accept=accept, **said)
        elif act == "hand_over":
            ref, to, month = words
            person = db.session.execute(select(SignUp.participant_id).where(SignUp.ref == ref)).scalar_one()
            cadre = db.session.execute(select(Cadre.id).where(Cadre.code == to)).scalar_one()
            given = HandingOver([person], cadre, month, said["reason"])
            hand_over(given=given, by=Signature(_admin(), datetime.fromisoformat(clock)))
    db.session.remove()
