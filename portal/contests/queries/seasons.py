"""Seasons and their months: which is to be opened, formed or settled now, and the places of a month."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal.contests.models import LeagueMonth, LeaguePlace, LeagueSeason
from portal.database import bulk
from portal.database.extensions import db
from portal.domain.months import CLOSE_ZONE, local_date, month_of, previous_month
from portal.domain.recognition.challenges import over_at
from portal.domain.recognition.leagues import begins_on, months_of, season_of
from portal.points.queries import is_closed


def begin_of(season: str) -> datetime:
    """Return the UTC instant from which a season has begun in all three zones: the first day's begin in Jakarta."""
    return over_at(begins_on(season) - timedelta(days=1), CLOSE_ZONE)


def find_season_to_open(*, at: datetime) -> str | None:
    """Return the season that has begun everywhere and is not open; a season that nobody opened in time stays out."""
    season = season_of(month_of(local_date(at, CLOSE_ZONE)))
    return season if db.session.get(LeagueSeason, season) is None else None


def find_month_to_form() -> str | None:
    """Return the month whose groups are to be formed: the next of a season whose month before is settled."""
    settled = select(LeagueMonth.month, LeagueMonth.season).where(LeagueMonth.settled_at.is_not(None))
    formed = set(db.session.scalars(select(LeagueMonth.month)))
    first = {months_of(season)[0] for season in db.session.scalars(select(LeagueSeason.code))}
    after = {
        month
        for before, season in db.session.execute(settled)
        for month in months_of(season)
        if previous_month(month) == before
    }
    return min((first | after) - formed, default=None)


def find_month_to_settle() -> str | None:
    """Return the oldest formed month that is closed and not settled."""
    open_ = select(LeagueMonth.month).where(LeagueMonth.settled_at.is_(None)).order_by(LeagueMonth.month)
    month = db.session.scalars(open_.limit(1)).one_or_none()
    return month if month is not None and is_closed(month) else None


def places_of_month(month: str, *columns: Any) -> Any:
    """Read columns of the places of a month, by cadre."""
    return bulk.plain_rows(select(*columns).where(LeaguePlace.month == month).order_by(LeaguePlace.cadre_id))
