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
_DIGITS: Final = "0123456789"
_LONG: Final = 8  # digits that no name has


def list_by_name(cadre_id: int, today: date, *, words: str) -> list[Cared]:
    """List a cadre's participants of every state whose name contains the words, by name; at most one over MOST."""
    named = func.lower(SignUp.name).contains(words.lower(), autoescape=True)
    query = select_cared(Participant.cadre_id == cadre_id, named)
    query = query.order_by(SignUp.name, Participant.id).limit(MOST + 1)
    return make_cared(db.session.execute(query), today)


def number_in(words: str) -> str:
    """Return the number that somebody searched with, without what stands around and between its digits, else "".

    Words beside it do not make a name of it: it would end up in an address.
    """
    plain = "".join(sign for sign in words if sign in _DIGITS)
    rest = strip_separators(words).strip("+")
    return plain if len(plain) >= _LONG or (rest.isascii() and rest.isdigit()) else ""


def find_by_number(cadre_id: int, number: str) -> int | None:
    """Return a cadre's participant with a NIK or phone number (digits alone), or None; so too if several share it."""
    p, s = Participant, SignUp
    has_number = [p.nik_hash == vault.fingerprint("nik", number)] if len(number) == LENGTH else []
    with suppress(RuleBroken):  # it is no phone number
        has_number.append(s.phone_hash == vault.fingerprint("phone", normalise_phone(number)))
    if not has_number:
        return None
    query = select(p.id).join(s, s.id == p.signup_id).where(p.cadre_id == cadre_id, or_(*has_number)).limit(2)
    found = db.session.scalars(query).all()
    return found[0] if len(found) == 1 else None
