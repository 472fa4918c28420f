"""Awards of one cadre: with the rows they stand on as a page names them, and those taken back (rules.md 11.3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, Select, and_, select

from portal.activities.models import Activity
from portal.database.extensions import db
from portal.domain.points import activity_source, signup_source
from portal.domain.recognition.definitions import Badge, read_badge
from portal.domain.recognition.metrics import source_of_row
from portal.membership.models import Participant
from portal.recognition.models import BadgeAward, Definition
from portal.signups.models import SignUp


@dataclass(frozen=True)
class Award:
    """An award with the badge as it was defined then; `taken_back_at` and the reason if it was taken back."""

    badge: Badge
    awarded_on: date
    awarded_at: datetime
    evidence: list[str]
    value: int
    taken_back_at: datetime | None
    taken_back_because: str | None


@dataclass(frozen=True)
class Evidence:
    """A row that a badge stands on: a report or a participant of the cadre's own.

    `id` is the report's, or the participant's while the cadre still cares for them; None: there is no page of it.
    `name` is the report's place, or the participant's name; `mask` the participant's masked NIK.
    """

    kind: str
    source: str
    day: date
    id: int | None
    type: str = ""
    name: str = ""
    mask: str = ""


def _select_awards() -> Select[tuple[BadgeAward, Definition]]:
    same = and_(
        Definition.kind == "badge",
        Definition.code == BadgeAward.code,
        Definition.version == BadgeAward.version,
    )
    return select(BadgeAward, Definition).join(Definition, same)


def _award(row: Row[tuple[BadgeAward, Definition]]) -> Award:
    award, definition = row
    badge = read_badge(award.code, award.version, definition.document)
    taken = (award.taken_back_at, award.taken_back_because)
    return Award(badge, award.awarded_on, award.awarded_at, list(award.evidence), award.value, *taken)


def find_award(cadre_id: int, code: str) -> Award | None:
    """Return a cadre's award of a badge, also one taken back; None if there never was one."""
    query = _select_awards().where(BadgeAward.cadre_id == cadre_id, BadgeAward.code == code)
    row = db.session.execute(query).one_or_none()
    return None if row is None else _award(row)


def list_taken_back(cadre_id: int) -> list[Award]:
    """List the awards that were taken back, the newest first."""
    query = _select_awards().where(BadgeAward.cadre_id == cadre_id, BadgeAward.taken_back_at.is_not(None))
    rows = db.session.execute(query.order_by(BadgeAward.taken_back_at.desc(), BadgeAward.id))
    return [_award(row) for row in rows]


def list_evidence(cadre_id: int, evidence: Sequence[str]) -> list[Evidence]:
    """List the rows behind an award, by day; a source without such a row (a level, a challenge) is left out."""
    behind = {source_of_row(one): one for one in evidence}
    found = [*_reports(cadre_id, behind), *_participants(cadre_id, behind)]
    return sorted(found, key=lambda one: (one.day, one.source))


def _refs(sources: Iterable[str], prefix: str) -> list[str]:
    return [one.removeprefix(prefix) for one in sources if one.startswith(prefix)]


def _reports(cadre_id: int, behind: dict[str, str]) -> Iterable[Evidence]:
    refs = _refs(behind, activity_source(""))
    if not refs:
        return []
    a = Activity
    query = select(a.id, a.ref, a.type, a.held_on, a.place).where(a.ref.in_(refs), a.cadre_id == cadre_id)
    return [
        Evidence("activity", activity_source(row.ref), row.held_on, row.id, row.type, row.place or "")
        for row in db.session.execute(query)
    ]


def _participants(cadre_id: int, behind: dict[str, str]) -> Iterable[Evidence]:
    refs = _refs(behind, signup_source(""))
    if not refs:
        return []
    s, p = SignUp, Participant
    mine = and_(p.signup_id == s.id, p.cadre_id == cadre_id)
    query = select(s.ref, s.name, s.nik_mask, s.earned_on, s.reported_on, p.id).outerjoin(p, mine)
    found = []
    for row in db.session.execute(query.where(s.ref.in_(refs))):
        source = signup_source(row.ref)
        day = row.earned_on or row.reported_on
        found.append(Evidence("signup", behind[source], day, row.id, name=row.name, mask=row.nik_mask))
    return found
