"""What a cadre's first page adds to the rank: the next step, the week's points, today's tasks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from portal.activities.models import Activity, Draft
from portal.extensions import db
from portal.incentives.queries import compute_group, find_plan_of_branch, prepare
from portal.membership.models import Participant
from portal.points.models import LedgerEntry
from portal.signups.models import SignUp


@dataclass(frozen=True)
class Goal:
    """The number of new participants from which the branch's plan pays, and what the present ones then bring."""

    needed: int
    done: int
    opens: int
    fee: bool


@dataclass(frozen=True)
class Tasks:
    """What waits for the cadre."""

    returned: int
    returned_id: int | None
    returned_reason: str
    drafts: int
    grace: int
    disputed: int

    @property
    def total(self) -> int:
        """Count the rows of the list of tasks."""
        return sum(1 for count in (self.returned, self.drafts, self.grace, self.disputed) if count)


def points_since(cadre_id: int, since: datetime) -> int:
    """Add up what was posted for a cadre since an instant."""
    query = select(func.coalesce(func.sum(LedgerEntry.points), 0)).where(
        LedgerEntry.cadre_id == cadre_id,
        LedgerEntry.posted_at >= since,
    )
    return int(db.session.execute(query).scalar_one())


def find_goal(cadre_id: int, *, branch_id: int, month: str) -> Goal | None:
    """Return the threshold of the branch's plan with how far the cadre has come; None without one.

    New participants count as in rules.md 6: validated new ones of the earned month, also those withdrawn
    later without fraud, but no imported history.
    """
    found = find_plan_of_branch(branch_id, month)
    if found is None:
        return None
    fee, bonus = found.plan.fee, found.plan.bonus
    thresholds = [part.min_new for part in (fee, bonus) if part is not None and part.min_new > 0]
    if not thresholds:
        return None
    rows = db.session.execute(
        select(SignUp.pack, SignUp.status, func.count(SignUp.id))
        .where(
            SignUp.cadre_id == cadre_id,
            SignUp.earned_month == month,
            SignUp.outcome == "new",
            SignUp.history.is_(False),
            or_(SignUp.status == "validated", SignUp.withdrawn == "wrong_match"),
        )
        .group_by(SignUp.pack, SignUp.status),
    ).all()
    done = sum(count for _, _, count in rows)
    needed = min((limit for limit in thresholds if limit > done), default=max(thresholds))
    by_fee = fee is not None and fee.min_new == needed
    if by_fee and fee is not None:
        earning = [(pack, count) for pack, status, count in rows if status == "validated"]
        opens = sum(fee.amounts.get(pack or "", 0) * count for pack, count in earning)
    else:
        opens = bonus.amount if bonus is not None else 0
    return Goal(needed, done, opens, by_fee)


def find_estimate(cadre_id: int, *, branch_id: int, code: str, month: str) -> int | None:
    """Compute what the month would bring so far before tax: no prizes, no late differences; None without plan."""
    context = prepare(month)
    if branch_id not in context.plans:
        return None
    computed = next(iter(compute_group(context, [(cadre_id, code)], {})), None)
    return 0 if computed is None else computed.settled.gross


def count_tasks(cadre_id: int) -> Tasks:
    """Count what waits for a cadre: returned reports, drafts, participants in grace, disputed sign-ups."""
    returned = db.session.execute(
        select(Activity.id, Activity.reason)
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
        returned_reason=(returned[0].reason or "") if returned else "",
        drafts=counts[0],
        grace=counts[1],
        disputed=counts[2],
    )
