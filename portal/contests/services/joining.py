"""Teams: a cadre joins that of the own host body or another, founds one, leaves; until the window ends (11.4)."""

from sqlalchemy import select, update

from portal import audit
from portal.cadres.queries.cadres import get_cadre
from portal.contests.models import Challenge, ChallengeMember, ChallengeTeam
from portal.contests.queries.challenges import is_open, lock_seen
from portal.contests.queries.teams import Team, find_founded, find_member, get_team
from portal.database.extensions import db
from portal.database.guarded import change
from portal.database.upserts import insert_into
from portal.domain.actors import Signature
from portal.domain.errors import NotAllowed, RuleBroken
from portal.domain.months import local_date, month_of
from portal.domain.names import check_reason
from portal.organisation.queries import parameter


def join_team(*, challenge_id: int, team_id: int | None, by: Signature) -> Team:
    """Join a team of a challenge, None: that of the own host body; joining it again changes nothing.

    The lock on the challenge decides who gets the last place of a founded team (data, 12).
    """
    cadre_id = _own(by)
    challenge = _open_challenge(challenge_id, by=by)
    team = get_team(challenge.id, _host_team(challenge, cadre_id, by=by) if team_id is None else team_id)
    if team.host_body_id is not None and team.host_body_id != get_cadre(cadre_id).host_body_id:
        raise RuleBroken("contests.other_host")
    if _is_in(challenge.id, cadre_id, team.id):
        return team
    if team.host_body_id is None:
        _check_room(challenge, team)
    return _enter(challenge, team, cadre_id, by=by)


def found_team(*, challenge_id: int, name: str, by: Signature) -> Team:
    """Found a team, one for each cadre and challenge, with a name of its own, and join it; again changes nothing."""
    cadre_id = _own(by)
    challenge = _open_challenge(challenge_id, by=by)
    clean = check_reason(name, "contests.team_name", least=3, limit=40)
    key = " ".join(clean.casefold().split())
    own = find_founded(challenge.id, cadre_id)
    if own is not None:
        if own.name_key != key:
            raise RuleBroken("contests.founded_already", {"name": own.name})
        return join_team(challenge_id=challenge.id, team_id=own.id, by=by)
    values = {"challenge_id": challenge.id, "name": clean, "name_key": key}
    founded = insert_into(ChallengeTeam).values(**values, founded_by=cadre_id, founded_at=by.at)
    founded = founded.on_conflict_do_nothing(index_elements=["challenge_id", "name_key"])
    team_id = db.session.scalar(founded.returning(ChallengeTeam.__table__.c.id))
    if team_id is None:
        raise RuleBroken("contests.team_taken")
    team = get_team(challenge.id, team_id)
    _record("founded", challenge, team, by=by)
    return _enter(challenge, team, cadre_id, by=by)


def leave_team(*, challenge_id: int, by: Signature) -> None:
    """Leave the own team; without one nothing happens."""
    cadre_id = _own(by)
    challenge = _open_challenge(challenge_id, by=by)
    member = ChallengeMember
    mine = update(member).where(member.challenge_id == challenge.id, member.cadre_id == cadre_id)
    if change(mine.where(member.left_at.is_(None)).values(left_at=by.at)).rowcount:
        audit.record(
            by=by,
            act="challenge.left",
            subject=audit.Subject("challenge", challenge.id, by.actor.branch_id),
            details={"cadre_id": cadre_id},
        )


def _own(by: Signature) -> int:
    if by.actor.cadre_id is None:
        raise NotAllowed("contests.cadres_only")
    return by.actor.cadre_id


def _open_challenge(challenge_id: int, *, by: Signature) -> Challenge:
    """Lock the challenge; refuse if it has no teams, or its window is over where the cadre is."""
    challenge = lock_seen(challenge_id, actor=by.actor)
    if challenge.mode != "teams":
        raise RuleBroken("contests.no_teams")
    if not is_open(challenge, local_date(by.at, by.actor.zone)):
        raise RuleBroken("contests.teams_closed")
    cadre = get_cadre(_own(by))
    if cadre.status != "active":
        raise RuleBroken("cadre.not_active", {"state": cadre.status})
    return challenge


def _host_team(challenge: Challenge, cadre_id: int, *, by: Signature) -> int:
    """Return the team of the cadre's host body in a challenge; the first who chooses it makes it."""
    host = get_cadre(cadre_id).host_body_id
    if host is None:
        raise RuleBroken("contests.no_host")
    values = {"challenge_id": challenge.id, "host_body_id": host, "founded_by": cadre_id, "founded_at": by.at}
    made = insert_into(ChallengeTeam).values(**values)
    made = made.on_conflict_do_nothing(index_elements=["challenge_id", "host_body_id"])
    db.session.execute(made)
    wanted = select(ChallengeTeam.id).where(ChallengeTeam.challenge_id == challenge.id)
    return db.session.scalar(wanted.where(ChallengeTeam.host_body_id == host)) or 0


def _check_room(challenge: Challenge, team: Team) -> None:
    most = int(parameter("challenge_team_size", month=month_of(challenge.first_day)))
    if team.members >= most:
        raise RuleBroken("contests.team_full", {"most": most})


def _is_in(challenge_id: int, cadre_id: int, team_id: int) -> bool:
    member = find_member(challenge_id, cadre_id)
    return member is not None and member.left_at is None and member.team_id == team_id


def _enter(challenge: Challenge, team: Team, cadre_id: int, *, by: Signature) -> Team:
    """Make a team the cadre's own, in place of an earlier choice."""
    chosen = {"team_id": team.id, "joined_at": by.at, "left_at": None}
    entry = insert_into(ChallengeMember).values(challenge_id=challenge.id, cadre_id=cadre_id, **chosen)
    db.session.execute(entry.on_conflict_do_update(index_elements=["challenge_id", "cadre_id"], set_=chosen))
    _record("joined", challenge, team, by=by)
    return get_team(challenge.id, team.id)


def _record(what: str, challenge: Challenge, team: Team, *, by: Signature) -> None:
    audit.record(
        by=by,
        act=f"challenge.{what}",
        subject=audit.Subject("challenge", challenge.id, by.actor.branch_id),
        details={"cadre_id": by.actor.cadre_id, "team": team.name},
    )
