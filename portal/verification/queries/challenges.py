"""Challenges: what was frozen against the work that counts, teams against their members, badges (rules.md 11.4).

What was approved then may be withdrawn now, and stays counted: a frozen number lies between what counts now and that
with what was withdrawn since.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import func, select

from portal.cadres.models import Cadre, CadreTerm
from portal.contests.models import Challenge, ChallengeResult, ChallengeTeamResult
from portal.contests.queries.counting import Counting, days_after, things, withdrawn_since
from portal.contests.queries.scopes import within
from portal.database.extensions import db
from portal.domain.recognition.challenges import Thing, number
from portal.recognition.models import BadgeAward
from portal.verification.queries.findings import Finding, each, found, rows

Work = defaultdict[int, list[Thing]]


def check_results() -> Iterator[Finding]:
    """Check every frozen challenge."""
    yield from each(
        "a challenge that was cancelled has results",
        "SELECT c.code FROM challenges c JOIN challenge_results r ON r.challenge_id = c.id"
        " WHERE c.settled_at IS NULL GROUP BY c.code",
    )
    days = days_after()
    settled = select(Challenge).where(Challenge.settled_at.is_not(None)).order_by(Challenge.id)
    for challenge in db.session.scalars(settled).all():
        counting = Counting.of_challenge(challenge, days)
        yield from _check_cadres(challenge, counting)
        yield from _check_teams(challenge)
        if challenge.mode == "alone":
            yield from _check_missing(challenge, counting)
        yield from _check_sums(challenge)
        yield from _check_badges(challenge)


def _check_cadres(challenge: Challenge, counting: Counting) -> Iterator[Finding]:
    result = ChallengeResult
    same = (result.cadre_id == Cadre.id) & (result.challenge_id == challenge.id)
    # The zone of the branch in which it was frozen: Branch is joined after the result that names it.
    counted = things(counting, known_by=challenge.settled_at, branch_id=_branch_of(challenge))
    now = _by_cadre(rows(counted.join(result, same)))
    gone = _by_cadre(rows(withdrawn_since(counting, _settled(challenge)).join(result, same)))
    for row in rows(select(result.__table__).where(result.challenge_id == challenge.id)):
        least, most = now[row.cadre_id], [*now[row.cadre_id], *gone[row.cadre_id]]
        where = (challenge.code, row.cadre_id)
        if not number(challenge.metric, least) <= row.value <= number(challenge.metric, most):
            yield found("a cadre's frozen number is not that of the work that counts", *where)
        if challenge.mode == "alone" and bool(row.reached) != (row.value >= challenge.goal):
            yield found("reached or not does not follow from the frozen number", *where)
        yield from _check_evidence(challenge, row, _sources(least), _sources(most))


def _branch_of(challenge: Challenge) -> Any:
    wanted = select(ChallengeResult.branch_id).where(ChallengeResult.challenge_id == challenge.id)
    return wanted.where(ChallengeResult.cadre_id == Cadre.id).correlate(Cadre).scalar_subquery()


def _settled(challenge: Challenge) -> Any:
    return challenge.settled_at


def _by_cadre(found_rows: Iterable[Any]) -> Work:
    work: Work = defaultdict(list)
    for row in found_rows:
        work[row.cadre_id].append(Thing(row.source, row.village))
    return work


def _sources(work: Iterable[Thing]) -> set[str]:
    return {thing.source for thing in work}


def _check_evidence(challenge: Challenge, row: Any, least: set[str], most: set[str]) -> Iterator[Finding]:
    if (row.evidence is not None) != bool(row.reached and row.value):
        yield found(
            "a reached goal names no work, or work is named without one", challenge.code, row.cadre_id
        )
    elif row.evidence is not None and not least <= set(row.evidence) <= most:
        yield found("the work that a result names is not what counts", challenge.code, row.cadre_id)


def _check_missing(challenge: Challenge, counting: Counting) -> Iterator[Finding]:
    """Find who has work that counts and no result: only those who never moved, since a move changes the scope."""
    result, term = ChallengeResult, CadreTerm
    has = select(result.cadre_id).where(result.challenge_id == challenge.id, result.cadre_id == Cadre.id)
    branches = select(func.count(func.distinct(term.branch_id))).where(term.cadre_id == Cadre.id)
    counted = within(challenge, things(counting, known_by=challenge.settled_at))
    counted = counted.where(~has.exists(), branches.correlate(Cadre).scalar_subquery() == 1)
    for cadre_id in sorted({row.cadre_id for row in rows(counted)}):
        yield found("a cadre with work that counts has no result", challenge.code, cadre_id)


def _check_teams(challenge: Challenge) -> Iterator[Finding]:
    """Check each team against its members' shares: a village may be shared, other work is only one's own."""
    result = ChallengeResult
    grouped = select(
        result.team_id,
        func.count().label("members"),
        func.sum(result.value).label("total"),
        func.max(result.value).label("largest"),
        func.count().filter(result.reached).label("reached"),
    ).where(result.challenge_id == challenge.id, result.team_id.is_not(None))
    members = {row.team_id: row for row in rows(grouped.group_by(result.team_id))}
    team = ChallengeTeamResult
    for row in rows(select(team.__table__).where(team.challenge_id == challenge.id)):
        own = members.pop(row.team_id, None)
        where = (challenge.code, row.team_id)
        if own is None or own.members != row.members:
            yield found("a team's frozen number of members is not that of its results", *where)
            continue
        least = own.largest if challenge.metric == "villages" else own.total
        if not least <= row.value <= own.total:
            yield found("a team's frozen number is not that of its members", *where)
        reached = row.value >= challenge.goal
        if bool(row.reached) != reached or own.reached != (row.members if reached else 0):
            yield found("a team's reached or not does not follow from its number", *where)
    for team_id in sorted(members):
        yield found("a team with members has no result", challenge.code, team_id)


def _check_sums(challenge: Challenge) -> Iterator[Finding]:
    result = ChallengeResult
    counted = select(func.count(), func.count().filter(result.reached)).where(
        result.challenge_id == challenge.id
    )
    if tuple(db.session.execute(counted).one()) != (challenge.took_part, challenge.reached):
        yield found("a challenge counts other cadres than its results", challenge.code)


def _check_badges(challenge: Challenge) -> Iterator[Finding]:
    """Check that everybody named with work has the badge, once all were handed out."""
    if challenge.rewarded_at is None:
        return
    result, award = ChallengeResult, BadgeAward
    has = select(award.id).where(award.cadre_id == result.cadre_id, award.code == challenge.badge_code)
    without = select(result.cadre_id).where(result.challenge_id == challenge.id)
    for row in rows(without.where(result.evidence.is_not(None), ~has.exists())):
        yield found("who reached a challenge has no badge", challenge.code, row.cadre_id)
