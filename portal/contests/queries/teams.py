"""Teams of a challenge: which there are, who is in one, how many of a scope take part."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from portal.cadres.models import Cadre
from portal.contests.models import ChallengeMember, ChallengeTeam, ChallengeTeamResult
from portal.database.extensions import db
from portal.domain.errors import NotFound
from portal.organisation.models import HostBody


@dataclass(frozen=True, slots=True)
class Team:
    """A team with its number of members, and what was frozen."""

    id: int
    name: str
    host_body_id: int | None
    members: int
    result: ChallengeTeamResult | None


def _members() -> Any:
    counted = select(func.count()).where(
        ChallengeMember.team_id == ChallengeTeam.id, ChallengeMember.left_at.is_(None)
    )
    return counted.correlate(ChallengeTeam).scalar_subquery()


def _teams(challenge_id: int) -> Select[Any]:
    team = ChallengeTeam
    name = func.coalesce(team.name, HostBody.name)
    wanted = select(team.id, name, team.host_body_id, _members(), ChallengeTeamResult)
    wanted = wanted.outerjoin(HostBody, HostBody.id == team.host_body_id)
    wanted = wanted.outerjoin(ChallengeTeamResult, ChallengeTeamResult.team_id == team.id)
    return wanted.where(team.challenge_id == challenge_id)


def list_teams(challenge_id: int, *, limit: int = 200) -> list[Team]:
    """List the teams of a challenge in the order in which they were founded."""
    rows = db.session.execute(_teams(challenge_id).order_by(ChallengeTeam.id).limit(limit))
    return [Team(*row) for row in rows]


def get_team(challenge_id: int, team_id: int) -> Team:
    """Return a team of a challenge; raise NotFound."""
    row = db.session.execute(_teams(challenge_id).where(ChallengeTeam.id == team_id)).one_or_none()
    if row is None:
        raise NotFound("contests.no_team")
    return Team(*row)


def list_names(team_id: int) -> list[str]:
    """List who is in a team, by name or chosen alias; no numbers: each share is only its owner's."""
    shown = func.coalesce(func.nullif(Cadre.alias, ""), Cadre.name)
    wanted = select(shown).join(ChallengeMember, ChallengeMember.cadre_id == Cadre.id)
    wanted = wanted.where(ChallengeMember.team_id == team_id, ChallengeMember.left_at.is_(None))
    return list(db.session.scalars(wanted.order_by(shown, Cadre.id).limit(100)))


def find_member(challenge_id: int, cadre_id: int) -> ChallengeMember | None:
    """Return a cadre's membership in a challenge, left or not; None before the first choice."""
    return db.session.get(ChallengeMember, (challenge_id, cadre_id), populate_existing=True)


def find_founded(challenge_id: int, cadre_id: int) -> ChallengeTeam | None:
    """Return the team that a cadre founded in a challenge, or None; that of a host body is nobody's own."""
    wanted = select(ChallengeTeam).where(
        ChallengeTeam.challenge_id == challenge_id, ChallengeTeam.founded_by == cadre_id
    )
    return db.session.scalars(wanted.where(ChallengeTeam.name.is_not(None))).one_or_none()
