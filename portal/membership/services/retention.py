"""Deleting what has expired: extract rows of people without a sign-up (rules.md 9.3)."""

from datetime import UTC, datetime, time

from sqlalchemy import delete, exists, or_, select

from portal.database.guarded import change
from portal.domain.months import month_of, subtract_months
from portal.membership.models import Contribution, ContributionConflict, ExtractImport, Participant
from portal.organisation.queries import parameter
from portal.signups.models import SignUp


def delete_old_rows(*, at: datetime) -> int:
    """Delete rows of people without any sign-up that were imported more than six months (data) ago."""
    months = int(parameter("retention_months_unmatched", month=month_of(at.date())))
    limit = datetime.combine(subtract_months(at.date(), months), time(), tzinfo=UTC)
    p, c, s = Participant, Contribution, SignUp
    old = select(ExtractImport.id).where(ExtractImport.applied_at < limit)
    claimed = exists().where(
        or_(
            s.nik_hash == p.nik_hash,
            s.participant_id == p.id,
            s.kpj_hash.is_not(None) & (s.kpj_hash == p.kpj_hash),
        )
    )
    strangers = select(p.id).where(p.signup_id.is_(None), ~claimed)
    rows = select(c.id).where(c.import_id.in_(old), c.signup_id.is_(None), c.participant_id.in_(strangers))
    k = ContributionConflict
    change(delete(k).where(k.import_id.in_(old), k.participant_id.in_(strangers)))
    gone = change(delete(c).where(c.id.in_(rows))).rowcount
    left = exists().where(c.participant_id == p.id) | exists().where(k.participant_id == p.id)
    people = select(p.id).where(p.import_id.in_(old), p.signup_id.is_(None), ~claimed, ~left)
    return gone + change(delete(p).where(p.id.in_(people))).rowcount
