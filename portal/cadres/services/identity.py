"""Who a cadre is: NIK and birth date of one who was added by hand, entered by the branch."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal import audit, vault
from portal.cadres.models import Cadre
from portal.cadres.queries.cadres import get_cadre
from portal.cadres.queries.terms import today_for
from portal.database.extensions import db
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.nik import check_nik, normalise_nik

OLDEST_YEARS = 100


def enter_identity(*, cadre_id: int, nik: str, birth_date: date, by: Signature) -> None:
    """Store NIK and birth date of a cadre who lacks them; another's NIK is refused without telling whose it is."""
    cadre = get_cadre(cadre_id, actor=by.actor)
    if cadre.nik_hash is not None and cadre.birth_date is not None:
        raise RuleBroken("cadre.identity_known")
    today = today_for(cadre.id, by.at)
    if not today.year - OLDEST_YEARS <= birth_date.year or birth_date >= today:
        raise RuleBroken("cadre.birth_date")
    digits = normalise_nik(nik)
    check_nik(digits, birth_date=birth_date)
    _store(cadre, digits, birth_date)
    audit.record(
        by=by, act="cadre.identity_entered", subject=audit.Subject("cadre", cadre.id, cadre.branch_id)
    )


def _store(cadre: Cadre, nik: str, birth_date: date) -> None:
    hashed = vault.fingerprint("nik", nik)
    if cadre.nik_hash not in {None, hashed}:
        raise RuleBroken("cadre.nik_differs")
    taken = select(Cadre.id).where(Cadre.nik_hash == hashed, Cadre.id != cadre.id)
    if db.session.scalar(taken) is not None:
        raise RuleBroken("cadre.nik_taken")
    cadre.nik_sealed, cadre.nik_hash, cadre.birth_date = vault.seal(nik), hashed, birth_date
    cadre.version += 1
    try:
        db.session.flush()
    except IntegrityError as taken_meanwhile:
        raise RuleBroken("cadre.nik_taken") from taken_meanwhile
