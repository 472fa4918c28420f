"""The league columns of `portal export achievements`: division, group and rank of each place in a month."""

from sqlalchemy import and_, case, func, select

from portal.contests.models import LeaguePlace
from portal.database import bulk
from portal.points.models import Standing

Columns = tuple[int, int, int | None]


def league_columns(month: str) -> dict[int, Columns]:
    """Return division, group and rank by cadre: as frozen where the month is settled, else ranked as of now.

    Empty for a month without a league. The rank is that within the group; None without points.
    """
    place, live = LeaguePlace, Standing
    points = func.coalesce(place.points, live.points, 0)
    validated = func.coalesce(place.validated, live.validated_signups, 0)
    order = func.rank().over(
        partition_by=(place.division, place.group_no), order_by=(points.desc(), validated.desc())
    )
    wanted = select(place.cadre_id, place.division, place.group_no, case((points > 0, order)).label("rank"))
    wanted = wanted.outerjoin(live, and_(live.cadre_id == place.cadre_id, live.period == place.month))
    rows = bulk.plain_rows(wanted.where(place.month == month))
    return {row.cadre_id: (row.division, row.group_no, row.rank) for row in rows}
