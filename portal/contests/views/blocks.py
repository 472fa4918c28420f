"""What templates of any room may show of contests to the cadre who reads: contests/parts.html draws it.

Rooms below this one cannot import it; their templates ask by name.
"""

from portal import clock
from portal.contests.queries.leagues import OwnLeague, find_own
from portal.contests.queries.progress import Progress, list_progress
from portal.contests.views.blueprint import bp
from portal.domain.months import local_date
from portal.web.access import actor


@bp.app_template_global()
def challenges_of_reader(limit: int = 2) -> list[Progress]:
    """List the challenges that run now for the cadre who reads, those that end first; two statements at most."""
    who = actor()
    today = local_date(clock.now(), who.zone)
    running = [one for one in list_progress(who, today=today, since=today) if one.own.phase == "running"]
    return running[:limit]


@bp.app_template_global()
def league_of_reader() -> OwnLeague | None:
    """Return the league of the cadre who reads, None without a place in it."""
    return find_own(actor().cadre_id or 0)
