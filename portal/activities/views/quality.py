"""Quality for templates of every room: of the cadres on a page, and of the cadre who reads."""

from collections.abc import Iterable

from portal import clock
from portal.activities.queries.quality import get_gates, list_quality
from portal.activities.views.blueprint import bp
from portal.domain.months import local_date
from portal.domain.quality import MEASURES, Gate, Quality, Share
from portal.web.access import actor


@bp.app_template_global()
def quality_of(cadre_ids: Iterable[int]) -> dict[int, Quality]:
    """Return the quality of the cadres on a page by their numbers."""
    return list_quality(cadre_ids, local_date(clock.now(), actor().zone))


@bp.app_template_global()
def quality_of_reader() -> list[tuple[str, Share, Gate, int | None]]:
    """List each measure of the cadre who reads: its share, its threshold, and how many more good ones reach it."""
    cadre_id, today = actor().cadre_id or 0, local_date(clock.now(), actor().zone)
    quality, gates = list_quality([cadre_id], today)[cadre_id], get_gates(today)
    rows = [(measure, getattr(quality, measure), gates[measure]) for measure in MEASURES]
    return [(measure, share, gate, gate.distance(share.good, share.of)) for measure, share, gate in rows]
