"""Finding one of a cadre's participants by name, NIK or phone number."""

from contextlib import suppress
from datetime import date
from typing import Final

from sqlalchemy import func, or_, select

from portal import vault
from portal.care.queries.cared import Cared, make_cared, select_cared
from portal.database.extensions import db
from portal.domain.errors import RuleBroken
from portal.domain.nik import LENGTH, strip_separators
from portal.domain.phones import normalise_phone
from portal.membership.models import Participant
from portal.signups.models import SignUp

MOST: Final = 30


def list_by_name(cadre_id: int, today: date, *, words: str) -> list[Cared]:
    """List a cadre's participants of every state whose name contains the words, by name; at most one over MOST."""
    named = func.lower(SignUp.name).contains(words.lower(), autoescape=True)
    query = select_cared(Participant.cadre_id == cadre_id, named)
    query = query.order_by(SignUp.name, Participant.id).limit(MOST + 1)
    return make_cared(db.session.execute(query), today)


def is_number(words: str) -> bool:
    """Tell whether somebody searched with a number instead of a name: digits, however they are separated."""
    plain = strip_separators(words).lstrip("+")
    return plain.isascii() and plain.isdigit()


def find_by_number(cadre_id: int, number: str) -> int | None:
    """Return a cadre's participant with a whole NIK or phone number, or None; with a phone that several share, too."""
    p, s = Participant, SignUp
    nik = strip_separators(number)
    has_number = [p.nik_hash == vault.fingerprint("nik", nik)] if len(nik) == LENGTH else []
    with suppress(RuleBroken):  # it is no phone number
        has_number.append(s.phone_hash == vault.fingerprint("phone", normalise_phone(number)))
    if not has_number:
        return None
    query = select(p.id).join(s, s.id == p.signup_id).where(p.cadre_id == cadre_id, or_(*has_number)).limit(2)
    found = db.session.scalars(query).all()
    return found[0] if len(found) == 1 else None
