"""Certificates: issued once somebody is trained, numbered for ever (rules.md 10.2 and 10.3)."""

import secrets
from datetime import date, timedelta
from typing import Final

from sqlalchemy import update

from portal import audit
from portal.cadres.queries.cadres import get_cadre
from portal.cadres.services.certificates import read_terms, set_certificate
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import RuleBroken
from portal.domain.months import local_date, month_of
from portal.organisation.queries import get_branch
from portal.training.models import Attempt, Certificate, CertificateCounter, TrainingCohort
from portal.training.queries.certificates import list_ending
from portal.training.queries.trained import find_pass, has_attended_all, list_seats_without_certificate

SHOWS: Final = ("name", "initials", "nothing")
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no character that is read as another
_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def certify_trained(*, cadre_id: int, by: Signature) -> list[Certificate]:
    """Issue a cadre's certificates that are due: call it after an exam passed or a session attended.

    The seats are locked after that was written, so that of an exam and an attendance at once the later one sees both.
    """
    issued = []
    for cohort in list_seats_without_certificate(cadre_id):
        passed = find_pass(cohort, cadre_id) if has_attended_all(cohort.id, cadre_id) else None
        if passed is not None:
            issued.append(_issue(cohort, passed, by=by))
    return issued


def _issue(cohort: TrainingCohort, passed: Attempt, *, by: Signature) -> Certificate:
    cadre, branch = get_cadre(passed.cadre_id), get_branch(cohort.branch_id)
    today = local_date(by.at, branch.time_zone)
    cadre.certificate_on = today
    set_certificate(cadre, today)
    certificate = Certificate(
        number=_next_number(branch.id, branch.code, today),
        code=_new_code(),
        cadre_id=cadre.id,
        cohort_id=cohort.id,
        attempt_id=passed.id,
        branch_id=branch.id,
        name=cadre.name,
        score=passed.score,
        issued_on=today,
        valid_until=cadre.certified_until,
        shows="name",
        issued_at=by.at,
    )
    db.session.add(certificate)
    db.session.flush()
    audit.record(
        by=by,
        act="certificate.issued",
        subject=audit.Subject("cadre", cadre.id, cadre.branch_id),
        details={"number": certificate.number, "until": str(certificate.valid_until)},
    )
    return certificate


def set_shown(*, shows: str, by: Signature) -> None:
    """Let the public pages of one's own certificates show the name, initials, or nothing at all."""
    if shows not in SHOWS:
        raise RuleBroken("certificate.unknown_choice")
    own = update(Certificate).where(Certificate.cadre_id == by.actor.cadre_id, Certificate.shows != shows)
    if change(own.values(shows=shows)).rowcount:
        cadre = get_cadre(by.actor.cadre_id or 0)
        audit.record(
            by=by,
            act="certificate.shown_set",
            subject=audit.Subject("cadre", cadre.id, cadre.branch_id),
            details={"shows": shows},
        )


def warn_ending(*, by: Signature) -> int:
    """Write into the audit trail, once for each, that the newest certificate of a cadre at work ends soon."""
    today = by.at.date()
    days = int(read_terms().grace_days.held_in(month_of(today)))
    warned = 0
    for row in list_ending(today, today + timedelta(days=days)):
        mark = update(Certificate).where(Certificate.id == row.id, Certificate.warned_at.is_(None))
        if change(mark.values(warned_at=by.at)).rowcount:
            audit.record(
                by=by,
                act="certificate.ending",
                subject=audit.Subject("cadre", row.cadre_id, row.branch_id),
                details={"number": row.number, "until": str(row.valid_until)},
            )
            warned += 1
    return warned


def _next_number(branch_id: int, branch_code: str, day: date) -> str:
    """Count the branch's certificates of the year on, its row locked: 0341/PK-PLG/VII/2026."""
    counter = insert_into(CertificateCounter).values(branch_id=branch_id, year=day.year, issued=1)
    counter = counter.on_conflict_do_update(
        index_elements=["branch_id", "year"], set_={"issued": CertificateCounter.issued + 1}
    )
    number = db.session.execute(counter.returning(CertificateCounter.issued)).scalar_one()
    return f"{number:04d}/PK-{branch_code}/{_ROMAN[day.month - 1]}/{day.year}"


def _new_code() -> str:
    """Make the code of a public page, which nobody guesses: 10 of 30 characters, 49 bits."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{drawn[:5]}-{drawn[5:]}"
