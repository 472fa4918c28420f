"""Who may have reached a threshold of new participants that nobody has told them of."""

from collections.abc import Sequence

from sqlalchemy import exists, select

from portal.cadres.models import Cadre
from portal.database import bulk
from portal.points.models import Standing
from portal.recognition.models import Moment


def threshold_source(month: str, component: str) -> str:
    """Name the moment of a threshold: once per month and component of the plan."""
    return f"threshold:{month}:{component}"


def list_crossing(
    *, month: str, component: str, least: int, branch_ids: Sequence[int], limit: int
) -> list[int]:
    """List cadres of some branches with at least so many validated sign-ups in a month and no moment of it, by id.

    Not each of them has reached it: two sign-ups of one worker are one participant, and not all are new.
    """
    s, m = Standing, Moment
    told = exists().where(m.cadre_id == s.cadre_id, m.source == threshold_source(month, component))
    query = select(s.cadre_id).join(Cadre, Cadre.id == s.cadre_id)
    query = query.where(s.period == month, bulk.one_of(s.branch_id, branch_ids), s.validated_signups >= least)
    query = query.where(~told, Cadre.user_id.is_not(None))
    return list(bulk.plain_rows(query.order_by(s.cadre_id).limit(limit)).scalars())
