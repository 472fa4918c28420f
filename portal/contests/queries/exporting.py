"""The league columns of `portal export achievements`: division, group and rank of each place in a month."""

from sqlalchemy import and_, case, func, select

from portal.contests.models import LeaguePlace
from portal.database import bulk
from portal.points.models import Standing
from portal.recognition.queries.achievements import League


def list_leagues(month: str, closed: bool) -> dict[str, League]:
    """Return division, group and rank by the cadre's code: as settled, else ranked as of now.

    Empty for a month without a league. The rank is that within the group; None without points. A closed month that is
    not settled yet has the points it will be settled with.
    """
    del closed
    place, live = LeaguePlace, Standing
    points = func.coalesce(place.points, live.points, 0)
    validated = func.coalesce(place.validated, live.validated_signups, 0)
    order = func.rank().over(
        partition_by=(place.division, place.group_no), order_by=(points.desc(), validated.desc())
    )
    wanted = select(place.cadre_code, place.division, place.group_no, case((points > 0, order)).label("rank"))
    wanted = wanted.outerjoin(live, and_(live.cadre_id == place.cadre_id, live.period == place.month))
    rows = bulk.plain_rows(wanted.where(place.month == month))
    return {row.cadre_code: (str(row.division), row.group_no, row.rank) for row in rows}
