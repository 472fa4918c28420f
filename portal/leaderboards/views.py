"""Pages of leaderboards: the cadre's own place, and whole boards for staff."""

import hashlib

from flask import Blueprint, Response, make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from portal import clock
from portal.domain.actors import STAFF, Actor
from portal.domain.errors import NotFound
from portal.domain.months import local_date, month_of, month_range
from portal.leaderboards.queries.boards import MAX_SHOWN, Board, Cursor, list_board, visible_rows
from portal.leaderboards.queries.own import OwnMonth
from portal.leaderboards.queries.pages import Period, count_ranked, find_period, get_own_page
from portal.leaderboards.queries.scopes import ALL, SCOPES, Scope, get_visible_scope, list_visible_scopes
from portal.leaderboards.queries.search import search_board
from portal.leaderboards.queries.version import find_version
from portal.web import assets
from portal.web.access import actor, allow, board_versions, unread_messages
from portal.web.addresses import row_number
from portal.web.once import is_said_once
from portal.web.phone import kept_on_phone

bp = Blueprint("leaderboards", __name__)

FIRST_ROWS = 10
OWN_MONTHS = 6


def _period(zone: str) -> Period:
    """Read the month from the address; by default, or if it has not begun, the present one."""
    current = month_of(local_date(clock.now(), zone))
    return find_period(request.args.get("month", ""), current=current)


def _scope(default: str = "branch") -> str:
    scope = request.args.get("scope", default)
    if scope not in SCOPES:
        raise NotFound("leaderboards.no_scope", {"scope": scope})
    return scope


@bp.get("/ranks")
@allow("cadre")
@kept_on_phone
def own() -> ResponseReturnValue:
    """Show the cadre's own place, then the part of the board they may see; 304 if nothing changed."""
    who = actor()
    tag = _tag(who)
    unchanged = tag is not None and request.if_none_match.contains_weak(tag)
    answer = Response(status=304) if unchanged else make_response(_own_page(who))
    if tag:
        answer.set_etag(tag, weak=True)
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.headers["Vary"] = "Cookie"
    return answer


def _tag(who: Actor) -> str | None:
    """Return the ETag the page would have now; None while it says what only this answer says.

    The versions are read before the page, each with what it stands for: a page may be newer than its tag and is then
    sent once more, never older.
    """
    if is_said_once():
        return None
    today = local_date(clock.now(), who.zone)
    month, scope = request.args.get("month", ""), request.args.get("scope", "branch")
    live = month in {"", ALL, month_of(today)}
    wider = find_version(scope, who.cadre_id or 0, live=live) if scope in SCOPES and scope != "branch" else ""
    shown = (assets.VERSION, str(assets.sheet_is_kept()), who.theme, str(get_locale()), str(who.cadre_id))
    place = (str(who.branch_id), today.isoformat(), request.query_string.decode("latin-1"))
    parts = (board_versions(), wider, *place, session.get("theme", ""), str(unread_messages()), *shown)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _own_page(who: Actor) -> str:
    period, scope = _period(who.zone), _scope()
    rows = MAX_SHOWN if _asks_for_all() else FIRST_ROWS
    shown = get_own_page(who.cadre_id or 0, period, scope, months=OWN_MONTHS, rows=rows)
    own, near = shown.place.own, shown.place.near
    return render_template(
        "leaderboards/own.html",
        scope=scope,
        period=period,
        own=own,
        near=near,
        sharing=[row.name for row in near if row.rank == own.rank and row.cadre_id != own.cadre_id],
        benchmarks=shown.place.benchmarks,
        months=_fill(shown.months, period.current),
        rows=shown.top,
        visible=visible_rows(own.ranked),
        computed_at=clock.now(),
        zone=who.zone,
    )


def _asks_for_all() -> bool:
    return request.args.get("rows") == "all"


def _fill(months: list[OwnMonth], current: str) -> list[OwnMonth]:
    """Fill in the months without entries, so that the chart's line is evenly spaced."""
    if not months:
        return []
    known = {month.month: month for month in months}
    wanted = month_range(months[0].month, current)[-OWN_MONTHS:]
    return [known.get(month, OwnMonth(month, 0, None, frozen=False)) for month in wanted]


@bp.get("/boards")
@bp.get("/boards/<scope>")
@allow(*STAFF)
def show(scope: str = "") -> str:
    """Show a whole board to staff, inside their scope, page by page."""
    who = actor()
    kind = scope or who.scope
    board = get_visible_scope(who, kind, request.args.get("id", type=row_number))
    period = _period(who.zone)
    words = request.args.get("q", "").strip()[:60]
    if words:
        page = Board(search_board(board, period.code, words), None, frozen=period.frozen)
    else:
        page = list_board(board, period.code, after=_cursor())
    return render_template(
        "leaderboards/show.html",
        board=board,
        page=page,
        period=period,
        words=words,
        ranked=None if words else count_ranked(board, period),
        kinds=[kind for kind in SCOPES if kind == who.scope or _wider(who.scope, kind)],
        choices=list_visible_scopes(who, kind),
        older=_next_page(board, period, page.after),
        first_page="after" not in request.args,
        computed_at=clock.now(),
        zone=who.zone,
    )


def _wider(held: str, kind: str) -> bool:
    return SCOPES.index(held) > SCOPES.index(kind)


def _cursor() -> Cursor | None:
    """Read where the previous page ended: place (a score or a rank) and cadre; older addresses end in a name."""
    place, cadre_id, *_ = (*request.args.get("after", "").split("."), "", "")
    try:
        return Cursor(row_number(place), row_number(cadre_id))
    except ValueError:
        return None


def _next_page(board: Scope, period: Period, after: Cursor | None) -> str:
    if after is None:
        return ""
    return url_for(
        "leaderboards.show",
        scope=board.kind,
        id=board.id or None,
        month=period.code,
        after=f"{after.place}.{after.cadre_id}",
    )
