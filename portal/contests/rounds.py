"""The scheduler's rounds of contests: results of challenges, badges for them, seasons and months of leagues."""

from collections.abc import Callable

import structlog

from portal import clock
from portal.accounts.queries.sessions import get_operator
from portal.contests.queries.seasons import find_month_to_form, find_month_to_settle, find_season_to_open
from portal.contests.services.rewarding import list_to_reward, reward_challenge
from portal.contests.services.seasons import form_month, open_season, settle_month
from portal.contests.services.settling import list_due, settle_challenge
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature

log = structlog.get_logger("portal.contests")


def keep_contests() -> None:
    """Do what is due, each act in a transaction of its own; what is done is found done."""
    settle_challenges()
    reward_challenges()
    keep_leagues()


def settle_challenges() -> None:
    """Freeze the results that are due."""
    for challenge_id in list_due(at=clock.now()):
        db.session.rollback()
        with transaction():
            settle_challenge(challenge_id=challenge_id, by=_signature())


def reward_challenges() -> None:
    """Hand out the badges of frozen challenges, some hundred cadres at a time."""
    for challenge_id in list_to_reward():
        more = True
        while more:
            db.session.rollback()
            with transaction():
                more = reward_challenge(challenge_id=challenge_id, by=_signature())


def keep_leagues() -> None:
    """Settle months, form the next ones, open the season that has begun, until nothing is left to do."""
    acts = ((find_month_to_settle, _settle), (find_month_to_form, _form), (_find_season, _open))
    while any([_once(find, act) for find, act in acts]):  # noqa: C419 - each of them, in this order
        pass


def _once(find: Callable[[], str | None], act: Callable[[str], bool]) -> bool:
    """Do an act for what a query finds; tell whether something was done."""
    found = find()
    db.session.rollback()
    if found is None:
        return False
    with transaction():
        done = act(found)
    log.info("league", what=found, done=done)
    return done


def _find_season() -> str | None:
    return find_season_to_open(at=clock.now())


def _settle(month: str) -> bool:
    return settle_month(month=month, by=_signature())


def _form(month: str) -> bool:
    return form_month(month=month, by=_signature())


def _open(season: str) -> bool:
    return open_season(season=season, by=_signature())


def _signature() -> Signature:
    return Signature(get_operator(), clock.now())
