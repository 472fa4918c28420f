"""How far a cadre is in the challenges that run, as of now: all of them in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, distinct, func, literal, select, union_all

from portal.cadres.models import Cadre
from portal.contests.models import ChallengeMember
from portal.contests.queries.challenges import Own, list_own
from portal.contests.queries.counting import Counting, days_after, things
from portal.database.extensions import db
from portal.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Progress:
    """A challenge with its numbers: decided, waiting for a decision; in a team also the own share and its members."""

    own: Own
    done: int
    waiting: int
    share: int = 0
    members: int = 0

    @property
    def goal(self) -> int:
        """Return the number to reach."""
        return self.own.challenge.goal

    @property
    def is_reached(self) -> bool:
        """Tell whether the goal is reached: as frozen, before that as of now."""
        if self.own.result is not None:
            return self.own.result.reached
        return self.done >= self.goal


def list_progress(actor: Actor, *, today: date, since: date | None = None) -> list[Progress]:
    """List a cadre's challenges with their numbers: two statements however many, three while decisions are pending."""
    listed = list_own(actor, today=today, since=since)
    return with_numbers(listed, cadre_id=actor.cadre_id or 0)


def with_numbers(listed: Sequence[Own], *, cadre_id: int) -> list[Progress]:
    """Add the numbers: frozen ones where there are any, else as of now."""
    live = [one for one in listed if one.result is None and one.phase in {"running", "counting"}]
    counted = _count(live, cadre_id)
    return [_progress(one, counted) for one in listed]


def _progress(one: Own, counted: dict[tuple[int, str], tuple[int, int, int]]) -> Progress:
    if one.result is not None:
        frozen, whole = one.result.value, one.team_result
        if whole is None:
            return Progress(one, frozen, 0)
        return Progress(one, whole.value, 0, share=frozen, members=whole.members)
    number = one.challenge.id
    mine, waiting, _ = counted.get((number, "own"), (0, 0, 0))
    if one.team_id is None:
        return Progress(one, mine, waiting)
    done, in_team, members = counted.get((number, "team"), (0, 0, 0))
    return Progress(one, done, in_team, share=mine, members=members)


def _count(listed: Sequence[Own], cadre_id: int) -> dict[tuple[int, str], tuple[int, int, int]]:
    """Count for each challenge what is done, what waits beside it, and the members of the team."""
    if not listed:
        return {}
    parts: list[Select[Any]] = []
    days = days_after() if any(one.phase == "counting" for one in listed) else None
    for one in listed:
        counting = Counting.of_challenge(one.challenge, days if one.phase == "counting" else None)
        if one.challenge.mode == "alone" or one.team_id is not None:
            parts.append(_own_part(one.challenge.id, counting, cadre_id))
        if one.team_id is not None:
            parts.append(_team_part(one.challenge.id, counting, one.team_id))
    if not parts:
        return {}
    rows = db.session.execute(union_all(*parts)) if len(parts) > 1 else db.session.execute(parts[0])
    return {(row.challenge, row.whose): (row.done, row.all - row.done, row.members) for row in rows}


def _sums(challenge_id: int, whose: str, counting: Counting, rows: Select[Any], members: Any) -> Select[Any]:
    """Count the rows once each: what is sure, and all of it, so that a village waits only where none is sure."""
    one = rows.subquery()
    key = one.c.village if counting.metric == "villages" else one.c.source
    return select(
        literal(challenge_id).label("challenge"),
        literal(whose).label("whose"),
        func.count(distinct(key)).filter(one.c.sure).label("done"),
        func.count(distinct(key)).label("all"),
        members.label("members"),
    )


def _own_part(challenge_id: int, counting: Counting, cadre_id: int) -> Select[Any]:
    rows = things(counting, waiting=True).where(Cadre.id == cadre_id)
    return _sums(challenge_id, "own", counting, rows, literal(0))


def _team_part(challenge_id: int, counting: Counting, team_id: int) -> Select[Any]:
    member = ChallengeMember
    of_team = (member.team_id == team_id) & member.left_at.is_(None)
    rows = things(counting, waiting=True).join(member, (member.cadre_id == Cadre.id) & of_team)
    members = select(func.count()).where(of_team).scalar_subquery()
    return _sums(challenge_id, "team", counting, rows, members)
