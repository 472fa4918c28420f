"""How a challenge would have gone, and how it goes for everybody: for who announces it (rules.md 11.4)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, select

from portal.cadres.models import Cadre
from portal.contests.models import Challenge, ChallengeMember
from portal.contests.queries.counting import Counting, days_after, things
from portal.contests.queries.scopes import within
from portal.database.extensions import db
from portal.domain.recognition.challenges import ChallengeFacts, Place, same_days_before
from portal.organisation.models import Branch


@dataclass(frozen=True, slots=True)
class Tally:
    """Cadres of a scope: how many are active, have something that counts, would have reached the goal; and the sum."""

    first: date
    last: date
    active: int
    begun: int
    reached: int
    total: int

    def team_of(self, goal: int) -> int | None:
        """Return how many cadres with an average share reach a goal together; None if nobody had any."""
        return -(-goal * self.begun // self.total) if self.total else None


def preview(place: Place, facts: ChallengeFacts, *, at: datetime, zone: str) -> Tally:
    """Count who would have reached a challenge alone in the same days of a month before that is decided."""
    challenge = Challenge(
        scope=place.scope,
        branch_id=place.branch_id,
        regional_office_id=place.regional_office_id,
        metric=facts.metric,
        of=facts.of,
        goal=facts.goal,
        first_day=facts.first_day,
        last_day=facts.last_day,
    )
    counting = Counting.of_challenge(challenge, days_after())
    first, last = same_days_before(counting.first, counting.last, at, zone, days_after=counting.days_after)
    return _tally(challenge, replace(counting, first=first, last=last))


def tally(challenge: Challenge) -> Tally:
    """Count how a challenge stands for the cadres of its scope as of now."""
    return _tally(challenge, Counting.of_challenge(challenge, days_after()))


def _tally(challenge: Challenge, counting: Counting) -> Tally:
    rows = within(challenge, things(counting)).subquery()
    each = select(_number(rows, counting).label("value")).group_by(rows.c.cadre_id).subquery()
    value: ColumnElement[int] = each.c.value
    counted = select(
        func.count(),
        func.count().filter(value >= challenge.goal),
        func.coalesce(func.sum(value), 0),
    ).select_from(each)
    begun, reached, total = db.session.execute(counted).one()
    active = select(func.count()).select_from(Cadre).join(Branch, Branch.id == Cadre.branch_id)
    of_scope = within(challenge, active.where(Cadre.status == "active"))
    return Tally(counting.first, counting.last, db.session.scalar(of_scope) or 0, begun, reached, int(total))


def team_numbers(challenge: Challenge) -> dict[int, int]:
    """Count what each team of a challenge has come to as of now; teams with nothing are left out."""
    counting = Counting.of_challenge(challenge, days_after())
    member = ChallengeMember
    rows: Select[Any] = things(counting).join(
        member,
        (member.cadre_id == Cadre.id) & (member.challenge_id == challenge.id) & member.left_at.is_(None),
    )
    one = rows.add_columns(member.team_id.label("team_id")).subquery()
    counted = select(one.c.team_id, _number(one, counting)).group_by(one.c.team_id)
    return dict(db.session.execute(counted).tuples().all())


def _number(rows: Any, counting: Counting) -> ColumnElement[int]:
    return func.count(distinct(rows.c.village if counting.metric == "villages" else rows.c.source))
