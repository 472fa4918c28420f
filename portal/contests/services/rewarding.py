"""Handing out the badges of a frozen challenge, piece by piece; telling teams that they made it (rules.md 11.4)."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select, update

from portal.contests.models import Challenge, ChallengeResult
from portal.contests.queries.badges import find_badge
from portal.database import bulk
from portal.database.extensions import db
from portal.database.guarded import change
from portal.domain.actors import Signature
from portal.domain.months import local_date
from portal.recognition.queries.facts import list_people
from portal.recognition.services.awards import NewAward, award_badges
from portal.recognition.services.moments import NewMoment, note_moments

AT_ONCE: Final = 500


def list_to_reward() -> Sequence[int]:
    """List the challenges with badges to hand out, the earliest first."""
    wanted = select(Challenge.id).where(Challenge.settled_at.is_not(None), Challenge.rewarded_at.is_(None))
    return db.session.scalars(wanted.order_by(Challenge.settled_at, Challenge.id)).all()


def reward_challenge(*, challenge_id: int, by: Signature) -> bool:
    """Hand out the badges of some cadres; False once all have theirs.

    Each stands on the rows that were frozen. Who has the badge already keeps it as it is; after a crash the piece
    begins again, and what was handed out is found.
    """
    one = ChallengeResult
    challenge = db.session.get_one(Challenge, challenge_id, populate_existing=True)
    waiting = select(one.cadre_id, one.value, one.evidence).where(
        one.challenge_id == challenge_id, ~one.rewarded
    )
    rows = db.session.execute(waiting.order_by(one.cadre_id).limit(AT_ONCE)).all()
    if not rows:
        ended = update(Challenge).where(Challenge.id == challenge_id, Challenge.rewarded_at.is_(None))
        change(ended.values(rewarded_at=by.at))
        return False
    _award(challenge, rows, by=by)
    done = update(one).where(one.challenge_id == challenge_id)
    change(done.where(bulk.one_of(one.cadre_id, [row.cadre_id for row in rows])).values(rewarded=True))
    return True


def _award(challenge: Challenge, rows: Sequence[Any], *, by: Signature) -> None:
    people = {person.id: person for person in list_people([row.cadre_id for row in rows])}
    days = {person.zone: local_date(by.at, person.zone) for person in people.values()}
    badges = {zone: find_badge(challenge.badge_code, day=day) for zone, day in days.items()}
    awards = []
    for row in rows:
        person = people[row.cadre_id]
        badge = badges[person.zone]
        if badge is not None:
            awards.append(NewAward(person, badge, days[person.zone], row.evidence, row.value))
    award_badges(awards=awards, by=by)
    if challenge.mode == "teams":
        note_moments(moments=[_moment(challenge, row, by) for row in rows])


def _moment(challenge: Challenge, row: Any, by: Signature) -> NewMoment:
    """Make the moment of a team's goal: its own, beside that of the badge."""
    said = {"challenge": challenge.code, "name_id": challenge.name_id, "name_en": challenge.name_en}
    details = {**said, "goal": challenge.goal, "share": row.value}
    return NewMoment(row.cadre_id, "team_goal", f"team_goal:{challenge.code}", by.at, details)
