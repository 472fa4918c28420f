"""What a cadre sees besides rank and money: the week's points, today's tasks, the names behind points."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.activities.models import Activity, Draft
from portal.database.extensions import db
from portal.domain.points import signup_source
from portal.membership.models import Participant
from portal.payouts.queries.refusals import has_refused_account
from portal.points.models import LedgerEntry
from portal.signups.models import SignUp


@dataclass(frozen=True)
class Tasks:
    """What waits for the cadre."""

    returned: int
    returned_id: int | None
    returned_code: str
    returned_reason: str
    drafts: int
    grace: int
    disputed: int
    refused_account: bool = False

    @property
    def total(self) -> int:
        """Count the rows of the list of tasks."""
        counts = (self.returned, self.drafts, self.grace, self.disputed, self.refused_account)
        return sum(1 for count in counts if count)


def points_since(cadre_id: int, since: datetime) -> int:
    """Add up what was posted for a cadre since an instant."""
    query = select(func.coalesce(func.sum(LedgerEntry.points), 0)).where(
        LedgerEntry.cadre_id == cadre_id,
        LedgerEntry.posted_at >= since,
    )
    return int(db.session.execute(query).scalar_one())


def name_sources(sources: Iterable[str]) -> dict[str, str]:
    """Return the names of the workers whose sign-ups are these sources of ledger entries."""
    refs = [source.removeprefix("signup:") for source in sources if source.startswith("signup:")]
    query = select(SignUp.ref, SignUp.name).where(SignUp.ref.in_(refs))
    return {signup_source(ref): name for ref, name in db.session.execute(query)}


def count_tasks(cadre_id: int) -> Tasks:
    """Count what waits for a cadre: returned reports, drafts, participants in grace, disputes, a refused account."""
    returned = db.session.execute(
        select(Activity.id, Activity.reason_code, Activity.reason)
        .where(Activity.cadre_id == cadre_id, Activity.status == "returned")
        .order_by(Activity.decided_at.desc(), Activity.id.desc()),
    ).all()
    drafts = select(func.count(Draft.ref)).where(Draft.cadre_id == cadre_id)
    grace = select(func.count(Participant.id)).where(
        Participant.cadre_id == cadre_id,
        Participant.status == "grace",
    )
    disputed = select(func.count(SignUp.id)).where(SignUp.cadre_id == cadre_id, SignUp.status == "disputed")
    counts = db.session.execute(
        select(drafts.scalar_subquery(), grace.scalar_subquery(), disputed.scalar_subquery()),
    ).one()
    return Tasks(
        returned=len(returned),
        returned_id=returned[0].id if returned else None,
        returned_code=(returned[0].reason_code or "") if returned else "",
        returned_reason=(returned[0].reason or "") if returned else "",
        drafts=counts[0],
        grace=counts[1],
        disputed=counts[2],
        refused_account=has_refused_account(cadre_id),
    )
