"""Challenges: one, those a cadre sees, those of an office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select

from portal.contests.models import (
    Challenge,
    ChallengeMember,
    ChallengeResult,
    ChallengeTeam,
    ChallengeTeamResult,
)
from portal.contests.queries.scopes import arranged_by, seen_by
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.domain.recognition.challenges import days_left, phase
from portal.organisation.models import Branch, HostBody, RegionalOffice

PAGE: Final = 25
SHOWN_FOR: Final = timedelta(days=31)  # how long a cadre's list keeps what is over


@dataclass(frozen=True, slots=True)
class Own:
    """A challenge as a cadre sees it: the own team, and what was frozen, None while it is not."""

    challenge: Challenge
    today: date
    team_id: int | None
    team: str | None
    result: ChallengeResult | None
    team_result: ChallengeTeamResult | None

    @property
    def phase(self) -> str:
        """Return where it stands for this reader today."""
        return phase_of(self.challenge, self.today)

    @property
    def days_left(self) -> int:
        """Return how many days are left, today included."""
        return days_left(self.challenge.last_day, self.today)

    @property
    def is_open(self) -> bool:
        """Tell whether a team may be chosen or left now: until the window ends."""
        return is_open(self.challenge, self.today)


def phase_of(challenge: Challenge, today: date) -> str:
    """Return where a challenge stands on a local day."""
    settled, cancelled = challenge.settled_at is not None, challenge.cancelled_at is not None
    return phase(challenge.first_day, challenge.last_day, today, settled=settled, cancelled=cancelled)


def is_open(challenge: Challenge, today: date) -> bool:
    """Tell whether cadres may choose a team of a challenge on a local day."""
    return challenge.mode == "teams" and phase_of(challenge, today) in {"announced", "running"}


def get_challenge(challenge_id: int, *, actor: Actor) -> Challenge:
    """Return a challenge that somebody may see; raise NotFound."""
    return _one(select(Challenge).where(Challenge.id == challenge_id, seen_by(actor)))


def lock_arranged(challenge_id: int, *, actor: Actor) -> Challenge:
    """Return a challenge that an officer may change, locked until the end of the transaction; raise NotFound."""
    wanted = select(Challenge).where(Challenge.id == challenge_id, arranged_by(actor))
    return _one(wanted.with_for_update())


def lock_seen(challenge_id: int, *, actor: Actor) -> Challenge:
    """Return a challenge that a cadre may see, locked until the end of the transaction; raise NotFound."""
    return _one(select(Challenge).where(Challenge.id == challenge_id, seen_by(actor)).with_for_update())


def _one(wanted: Select[tuple[Challenge]]) -> Challenge:
    found = db.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("contests.no_such")
    return found


def may_arrange(challenge: Challenge, *, actor: Actor) -> bool:
    """Tell whether an officer may change a challenge that they see."""
    wanted = select(Challenge.id).where(Challenge.id == challenge.id, arranged_by(actor))
    return db.session.scalar(wanted) is not None


def find_challenge_by_code(code: str) -> Challenge | None:
    """Return the challenge with a code, or None."""
    wanted = select(Challenge).where(Challenge.code == code)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def _own(actor: Actor) -> Select[Any]:
    """Begin a read of challenges with a cadre's team and results."""
    member, result, team = ChallengeMember, ChallengeResult, ChallengeTeam
    mine = and_(
        member.challenge_id == Challenge.id, member.cadre_id == actor.cadre_id, member.left_at.is_(None)
    )
    frozen = and_(result.challenge_id == Challenge.id, result.cadre_id == actor.cadre_id)
    name = func.coalesce(team.name, HostBody.name)
    listed = select(Challenge, team.id, name, result, ChallengeTeamResult).outerjoin(member, mine)
    listed = listed.outerjoin(team, team.id == member.team_id)
    listed = listed.outerjoin(HostBody, HostBody.id == team.host_body_id).outerjoin(result, frozen)
    return listed.outerjoin(ChallengeTeamResult, ChallengeTeamResult.team_id == team.id)


def list_own(actor: Actor, *, today: date, since: date | None = None) -> list[Own]:
    """List the challenges of a cadre that are announced, running or lately over: what ends first comes first.

    Cancelled ones until their window would have ended. `since`: only those that end on that day or later.
    """
    taken = select(ChallengeMember.challenge_id).where(
        ChallengeMember.cadre_id == actor.cadre_id, ChallengeMember.left_at.is_(None)
    )
    wanted = _own(actor).where(or_(seen_by(actor), Challenge.id.in_(taken)))
    wanted = wanted.where(Challenge.last_day >= (since or today - SHOWN_FOR))
    wanted = wanted.where(or_(Challenge.cancelled_at.is_(None), Challenge.last_day >= today))
    rows = db.session.execute(wanted.order_by(Challenge.last_day, Challenge.id))
    return [Own(challenge, today, *rest) for challenge, *rest in rows]


def get_own(challenge_id: int, *, actor: Actor, today: date) -> Own:
    """Return one challenge as a cadre sees it; raise NotFound."""
    wanted = _own(actor).where(Challenge.id == challenge_id, seen_by(actor))
    row = db.session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound("contests.no_such")
    challenge, *rest = row
    return Own(challenge, today, *rest)


def list_of_office(actor: Actor, tab: str, *, today: date, skip: int = 0) -> Sequence[tuple[Challenge, str]]:
    """List the challenges an officer sees behind a tab, with the name of the scope; one more than fits on a page."""
    place = func.coalesce(Branch.name, RegionalOffice.name, "")
    wanted = select(Challenge, place).outerjoin(Branch, Branch.id == Challenge.branch_id)
    wanted = wanted.outerjoin(RegionalOffice, RegionalOffice.id == Challenge.regional_office_id)
    wanted = wanted.where(seen_by(actor), _behind(tab, today))
    order = Challenge.last_day.desc() if tab == "past" else Challenge.last_day.asc()
    rows = db.session.execute(wanted.order_by(order, Challenge.id).offset(skip).limit(PAGE + 1))
    return [(challenge, name) for challenge, name in rows]


def _behind(tab: str, today: date) -> Any:
    live = Challenge.settled_at.is_(None) & Challenge.cancelled_at.is_(None)
    return {
        "running": live & (Challenge.first_day <= today),
        "announced": live & (Challenge.first_day > today),
        "past": ~live,
    }[tab]


TABS: Final = ("running", "announced", "past")


def count_by_tab(actor: Actor, *, today: date) -> dict[str, int]:
    """Count the challenges an officer sees behind each tab."""
    counts = [func.count().filter(_behind(tab, today)).label(tab) for tab in TABS]
    row = db.session.execute(select(*counts).where(seen_by(actor))).one()
    return dict(row._mapping)  # noqa: SLF001 - the documented way to a row's names
