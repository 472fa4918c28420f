"""Certificates: those of a cadre, and what the public page of one shows (rules.md 10.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Select, select

from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.errors import NotFound
from portal.domain.training import initials
from portal.organisation.models import Branch
from portal.training.models import Certificate, Course, TrainingCohort


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate with what its pages and papers say."""

    id: int
    number: str
    code: str
    cadre_id: int
    cadre_code: str
    name: str
    branch: str
    zone: str
    course: str
    score: int
    issued_on: date
    valid_until: date
    shows: str
    cohort_id: int


@dataclass(frozen=True, slots=True)
class Public:
    """What anybody may see of a certificate: name or initials, branch, course, date, validity."""

    name: str
    branch: str
    zone: str
    course: str
    issued_on: date
    valid_until: date


def _select_held() -> Select[tuple[object, ...]]:
    return (
        select(
            Certificate.id, Certificate.number, Certificate.code, Certificate.cadre_id,
            Cadre.code.label("cadre_code"), Certificate.name, Branch.name.label("branch"),
            Branch.time_zone.label("zone"),
            Course.title.label("course"), Certificate.score, Certificate.issued_on, Certificate.valid_until,
            Certificate.shows, Certificate.cohort_id,
        )
        .join(Cadre, Cadre.id == Certificate.cadre_id)
        .join(Branch, Branch.id == Certificate.branch_id)
        .join(TrainingCohort, TrainingCohort.id == Certificate.cohort_id)
        .join(Course, Course.id == TrainingCohort.course_id)
    )  # fmt: skip


def _held(row: Row[tuple[object, ...]]) -> Held:
    return Held(**row._mapping)  # noqa: SLF001 - a row's public mapping bears this name


def list_certificates(cadre_id: int) -> list[Held]:
    """List a cadre's certificates, the newest first."""
    wanted = _select_held().where(Certificate.cadre_id == cadre_id)
    rows = db.session.execute(wanted.order_by(Certificate.issued_on.desc(), Certificate.id.desc()))
    return [_held(row) for row in rows]


def get_newest(cadre_id: int) -> Held:
    """Return a cadre's newest certificate."""
    held = list_certificates(cadre_id)
    if not held:
        raise NotFound("certificate.not_found")
    return held[0]


def find_public(code: str) -> Public | None:
    """Return what a public page shows; None for an unknown code, one turned off, and who is no cadre any more."""
    wanted = select(
        Certificate.name, Certificate.shows, Branch.name.label("branch"), Branch.time_zone, Course.title,
        Certificate.issued_on, Certificate.valid_until,
    )  # fmt: skip
    wanted = wanted.join(Cadre, Cadre.id == Certificate.cadre_id)
    wanted = wanted.join(Branch, Branch.id == Certificate.branch_id)
    wanted = wanted.join(TrainingCohort, TrainingCohort.id == Certificate.cohort_id)
    wanted = wanted.join(Course, Course.id == TrainingCohort.course_id)
    wanted = wanted.where(Certificate.code == code, Certificate.shows != "nothing", Cadre.status != "ended")
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        return None
    name = row.name if row.shows == "name" else initials(row.name)
    return Public(name, row.branch, row.time_zone, row.title, row.issued_on, row.valid_until)


def list_ending(until: date) -> Sequence[Row[tuple[int, str, int, int, date]]]:
    """List (id, number, cadre, branch, last day) of certificates that end by a day, not warned of, of cadres at work.

    Only the newest one of a cadre: who was renewed needs no warning.
    """
    wanted = select(
        Certificate.id, Certificate.number, Certificate.cadre_id, Cadre.branch_id, Certificate.valid_until
    )
    wanted = wanted.join(Cadre, Cadre.id == Certificate.cadre_id).where(Cadre.status == "active")
    wanted = wanted.where(Certificate.warned_at.is_(None), Certificate.valid_until <= until)
    wanted = wanted.where(Certificate.valid_until == Cadre.certified_until)
    return db.session.execute(wanted.order_by(Certificate.id)).all()
