"""The page of a cadre's own place, and of the own host body among the teams."""

import hashlib

from flask import Response, make_response, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from portal import clock
from portal.domain.actors import Actor
from portal.domain.months import local_date, month_of, month_range, previous_month
from portal.leaderboards.queries.boards import MAX_SHOWN, visible_rows
from portal.leaderboards.queries.history import OwnMonth
from portal.leaderboards.queries.own import OwnPage
from portal.leaderboards.queries.pages import Period, get_own_page
from portal.leaderboards.queries.scopes import SCOPES
from portal.leaderboards.queries.teams import team_board
from portal.leaderboards.queries.version import find_version
from portal.leaderboards.views.asked import HOSTS, asked_period, board_address, read_period, read_scope
from portal.leaderboards.views.blueprint import bp
from portal.web import assets
from portal.web.access import actor, allow, board_versions, unread_messages
from portal.web.once import is_said_once
from portal.web.phone import kept_on_phone

FIRST_ROWS = 10
OWN_MONTHS = 6


@bp.get("/ranks")
@allow("cadre")
@kept_on_phone
def own() -> ResponseReturnValue:
    """Show the cadre's own place, then the part of the board they may see; 304 if nothing changed."""
    who = actor()
    tag = _tag(who)
    unchanged = tag is not None and request.if_none_match.contains_weak(tag)
    answer = Response(status=304) if unchanged else make_response(_page(who))
    if tag:
        answer.set_etag(tag, weak=True)
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.headers["Vary"] = "Cookie"
    return answer


def _tag(who: Actor) -> str | None:
    """Return the ETag the page would have now; None while a message is shown.

    The versions are read before the page, each with what it stands for: a page may be newer than its tag and is then
    sent once more, never older.
    """
    if is_said_once():
        return None
    today = local_date(clock.now(), who.zone)
    asked, scope = asked_period(), request.args.get("scope", "branch")
    wider = ""
    if scope in (*SCOPES, HOSTS) and scope != "branch":
        wider = find_version(scope, who.cadre_id or 0, live=_is_live(asked, month_of(today)))
    shown = (assets.VERSION, str(assets.sheet_is_kept()), who.theme, str(get_locale()), str(who.cadre_id))
    place = (str(who.branch_id), today.isoformat(), request.query_string.decode("latin-1"))
    parts = (board_versions(), wider, *place, session.get("theme", ""), str(unread_messages()), *shown)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _is_live(asked: str, current: str) -> bool:
    """Tell whether a page can't be that of a closed month, which names the offices of then."""
    return asked in {"", current} or asked[5:6] not in {"0", "1"}


def _page(who: Actor) -> str:
    period, scope = read_period(who.zone), read_scope()
    return _teams_page(who, period) if scope == HOSTS else _own_page(who, period, scope)


def _own_page(who: Actor, period: Period, scope: str) -> str:
    rows = MAX_SHOWN if _asks_for_all() else FIRST_ROWS
    today = local_date(clock.now(), who.zone)
    shown = get_own_page(who.cadre_id or 0, period, scope, today=today, months=OWN_MONTHS, rows=rows)
    own, near = shown.place.own, shown.place.near
    alike = [row.name for row in near if row.rank == own.rank and row.cadre_id != own.cadre_id]
    return render_template(
        "leaderboards/own.html",
        scope=scope,
        period=period,
        address=board_address,
        own=own,
        near=near,
        alike=alike,
        others=max(0, own.sharing - 1 - len(alike)) if own.rank else 0,
        moves=_moves(shown, period, scope),
        ahead=shown.ahead if period.running else None,
        needed=shown.signups_to_next if period.running else 0,
        lead=shown.lead,
        history=shown.history,
        benchmarks=shown.place.benchmarks,
        months=_fill(shown.months, period.current),
        rows=shown.top,
        visible=visible_rows(own.ranked),
        computed_at=clock.now(),
        zone=who.zone,
    )


def _moves(shown: OwnPage, period: Period, scope: str) -> list[tuple[int, str]]:
    """Return by how many places the cadre rose (negative: fell) since yesterday, and since last month.

    Only on the branch's board of the present month: those are the places that are kept. For the own eyes only.
    """
    rank = shown.place.own.rank
    if rank is None or scope != "branch" or period.code != period.current:
        return []
    before = previous_month(period.current)
    last = next((month.rank for month in shown.months if month.month == before), None)
    places = ((shown.history.yesterday, ""), (last, before))
    return [(place - rank, since) for place, since in places if place is not None and place != rank]


def _asks_for_all() -> bool:
    return request.args.get("rows") == "all"


def _fill(months: list[OwnMonth], current: str) -> list[OwnMonth]:
    """Fill in the months without entries, so that the chart's line is evenly spaced."""
    if not months:
        return []
    known = {month.month: month for month in months}
    wanted = month_range(months[0].month, current)[-OWN_MONTHS:]
    return [known.get(month, OwnMonth(month, 0, None, frozen=False)) for month in wanted]


def _teams_page(who: Actor, period: Period) -> str:
    """Show the own host body among the teams, then those in front."""
    board = team_board(period.code, cadre_id=who.cadre_id)
    seen = visible_rows(len(board.ranked))
    return render_template(
        "leaderboards/own_teams.html",
        scope=HOSTS,
        period=period,
        address=board_address,
        board=board,
        teams=board.ranked[:seen],
        visible=min(seen, len(board.ranked)),
        computed_at=clock.now(),
        zone=who.zone,
    )
