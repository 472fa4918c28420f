"""Freezing what a challenge came to, once, when the days for decisions are over (rules.md 11.4)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, distinct, func, insert, select, update

from portal import audit
from portal.cadres.models import Cadre
from portal.contests.models import Challenge, ChallengeMember, ChallengeResult, ChallengeTeamResult
from portal.contests.queries.counting import Counting, days_after, things
from portal.contests.queries.scopes import within, zones_of
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.months import month_of
from portal.domain.recognition.challenges import Thing, is_due, number, team_number

Row = tuple[int, int, int | None, int, int, bool, list[str] | None, bool]
_COLUMNS: Final = (
    "challenge_id",
    "cadre_id",
    "team_id",
    "branch_id",
    "value",
    "reached",
    "evidence",
    "rewarded",
)


@dataclass
class _Share:
    """A cadre's own part: where they belong, their team, and what counts for them."""

    cadre_id: int
    branch_id: int
    team_id: int | None
    things: list[Thing] = field(default_factory=list)


def list_due(*, at: datetime) -> list[int]:
    """List the challenges whose result has to be frozen now, the earliest first."""
    open_ = select(Challenge).where(Challenge.settled_at.is_(None), Challenge.cancelled_at.is_(None))
    open_ = open_.where(Challenge.last_day <= at.date()).order_by(Challenge.last_day, Challenge.id)
    days = days_after()
    return [
        one.id
        for one in db.session.scalars(open_)
        if is_due(one.last_day, int(days.held_in(month_of(one.last_day))), at, zones_of(one))
    ]


def settle_challenge(*, challenge_id: int, by: Signature) -> bool:
    """Freeze who reached the goal; False if it is frozen already, or cancelled.

    Whoever sets the instant freezes it: a second one finds it set, and after a crash it is as before.
    """
    claim = update(Challenge).where(Challenge.id == challenge_id, Challenge.settled_at.is_(None))
    claim = claim.where(Challenge.cancelled_at.is_(None))
    if change(claim.values(settled_at=by.at)).rowcount == 0:
        return False
    challenge = db.session.get_one(Challenge, challenge_id, populate_existing=True)
    rows = _of_teams(challenge) if challenge.mode == "teams" else _of_cadres(challenge)
    for some in bulk.batches(rows):  # read, then written: PostgreSQL cannot do both at once on a connection
        bulk.fill(cast("Table", ChallengeResult.__table__), _COLUMNS, some)
    took_part, reached = _totals(challenge.id)
    said = {"took_part": took_part, "reached": reached}
    change(update(Challenge).where(Challenge.id == challenge.id).values(**said))
    audit.record(
        by=by,
        act="challenge.settled",
        subject=audit.Subject("challenge", challenge.id, challenge.branch_id),
        details={"code": challenge.code, "goal": challenge.goal, **said},
    )
    return True


def _totals(challenge_id: int) -> tuple[int, int]:
    one = ChallengeResult
    wanted = select(func.count(), func.count().filter(one.reached)).where(one.challenge_id == challenge_id)
    took_part, reached = db.session.execute(wanted).one()
    return took_part, reached


def _of_cadres(challenge: Challenge) -> Iterator[Row]:
    """Yield the row of each cadre for whom something counts, added up by the database, with the sources as one text."""
    counting = Counting.of_challenge(challenge, days_after())
    one = within(challenge, things(counting)).subquery()
    key = one.c.village if counting.metric == "villages" else one.c.source
    summed = select(
        one.c.cadre_id,
        one.c.branch_id,
        func.count(distinct(key)).label("value"),
        func.aggregate_strings(one.c.source, "\n").label("sources"),
    ).group_by(one.c.cadre_id, one.c.branch_id)
    for row in bulk.plain_rows(summed.execution_options(yield_per=bulk.AT_ONCE)):
        reached = row.value >= challenge.goal
        place = (challenge.id, row.cadre_id, None, row.branch_id)
        evidence = sorted(set(row.sources.split("\n")), key=str.encode) if reached else None
        yield (*place, row.value, reached, evidence, evidence is None)


def _of_teams(challenge: Challenge) -> Iterator[Row]:
    """Freeze the teams, and yield each member's own share of what the team reached."""
    shares = _members(challenge)
    found = things(Counting.of_challenge(challenge, days_after())).join(
        ChallengeMember,
        (ChallengeMember.cadre_id == Cadre.id)
        & (ChallengeMember.challenge_id == challenge.id)
        & ChallengeMember.left_at.is_(None),
    )
    for row in bulk.plain_rows(found):
        shares[row.cadre_id].things.append(Thing(row.source, row.village))
    reached = _freeze_teams(challenge, shares)
    for share in shares.values():
        value = number(challenge.metric, share.things)
        yield _row(challenge, share, value, reached=share.team_id in reached)


def _members(challenge: Challenge) -> dict[int, _Share]:
    member = ChallengeMember
    wanted = select(member.cadre_id, Cadre.branch_id, member.team_id).join(Cadre, Cadre.id == member.cadre_id)
    wanted = wanted.where(member.challenge_id == challenge.id, member.left_at.is_(None))
    rows = bulk.plain_rows(wanted.order_by(member.cadre_id))
    return {row.cadre_id: _Share(row.cadre_id, row.branch_id, row.team_id) for row in rows}


def _freeze_teams(challenge: Challenge, shares: dict[int, _Share]) -> set[int | None]:
    """Store what each team with members came to; return those that reached the goal."""
    teams: dict[int, list[_Share]] = {}
    for share in shares.values():
        teams.setdefault(share.team_id or 0, []).append(share)
    rows: list[dict[str, Any]] = []
    for team_id, members in sorted(teams.items()):
        value = team_number(challenge.metric, {share.cadre_id: share.things for share in members})
        row = {"team_id": team_id, "challenge_id": challenge.id, "members": len(members), "value": value}
        rows.append({**row, "reached": value >= challenge.goal})
    if rows:
        db.session.execute(insert(ChallengeTeamResult), rows)
    return {row["team_id"] for row in rows if row["reached"]}


def _row(challenge: Challenge, share: _Share, value: int, *, reached: bool) -> Row:
    """Make the row of a cadre; who gave a reached goal something is named with it, and gets the badge."""
    evidence = sorted({thing.source for thing in share.things}, key=str.encode) if reached and value else None
    place = (challenge.id, share.cadre_id, share.team_id, share.branch_id)
    return (*place, value, reached, evidence, evidence is None)
