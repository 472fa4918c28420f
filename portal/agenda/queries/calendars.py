"""Whose calendar an address shows, and which version of it holds."""

from dataclasses import dataclass

from sqlalchemy import select

from portal.agenda.models import CalendarLink
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.organisation.models import Branch


@dataclass(frozen=True, slots=True)
class CalendarOwner:
    """A cadre whose calendar is asked for; no name: a calendar holds no personal data."""

    cadre_id: int
    branch_id: int
    branch: str
    zone: str


def find_version(cadre_id: int) -> int | None:
    """Return the version of a cadre's calendar address, or None if there is none."""
    return db.session.scalar(select(CalendarLink.version).where(CalendarLink.cadre_id == cadre_id))


def find_owner(cadre_id: int, version: int) -> CalendarOwner | None:
    """Return whose calendar an address of this version shows; None for an earlier one, or who is no cadre any more."""
    wanted = select(Cadre.id, Branch.id, Branch.name, Branch.time_zone).join(
        Branch, Branch.id == Cadre.branch_id
    )
    wanted = wanted.join(CalendarLink, CalendarLink.cadre_id == Cadre.id)
    wanted = wanted.where(Cadre.id == cadre_id, CalendarLink.version == version, Cadre.status != "ended")
    row = db.session.execute(wanted).one_or_none()
    return None if row is None else CalendarOwner(*row)
