"""Whole boards for staff, inside their scope; and the teams of the nation."""

from flask import render_template, request

from portal import clock
from portal.domain.actors import STAFF, Actor
from portal.leaderboards.queries.boards import Board, Cursor, list_board, visible_rows
from portal.leaderboards.queries.names import real_names
from portal.leaderboards.queries.pages import Period, count_ranked
from portal.leaderboards.queries.scopes import SCOPES, Scope, get_visible_scope, list_visible_scopes
from portal.leaderboards.queries.search import search_board
from portal.leaderboards.queries.teams import team_board
from portal.leaderboards.views.asked import HOSTS, board_address, read_period
from portal.leaderboards.views.blueprint import bp
from portal.web.access import actor, allow
from portal.web.addresses import row_number


@bp.get("/boards")
@bp.get("/boards/<scope>")
@allow(*STAFF)
def show(scope: str = "") -> str:
    """Show a whole board to staff, inside their scope, page by page."""
    who = actor()
    kind = scope or who.scope
    if kind == HOSTS:
        return _teams(who)
    board = get_visible_scope(who, kind, request.args.get("id", type=row_number))
    period = read_period(who.zone)
    words = request.args.get("q", "").strip()[:60]
    if words:
        page = Board(search_board(board, period.code, words), None, frozen=period.frozen)
    else:
        page = list_board(board, period.code, after=_cursor())
    return render_template(
        "leaderboards/show.html",
        scope=board.kind,
        board=board,
        page=page,
        real=real_names([row.cadre_id for row in page.rows]),
        period=period,
        address=board_address,
        words=words,
        ranked=None if words else count_ranked(board, period),
        kinds=_kinds(who),
        choices=list_visible_scopes(who, kind),
        older=_next_page(board, period, page.after),
        first_page="after" not in request.args,
        computed_at=clock.now(),
        zone=who.zone,
    )


def _teams(who: Actor) -> str:
    """Show the host bodies as teams: all of them to the nation's staff, to others as many as a cadre sees."""
    period = read_period(who.zone)
    board = team_board(period.code)
    whole = who.scope == "nation"
    return render_template(
        "leaderboards/teams.html",
        scope=HOSTS,
        period=period,
        address=board_address,
        board=board,
        teams=board.ranked if whole else board.ranked[: visible_rows(len(board.ranked))],
        kinds=_kinds(who),
        computed_at=clock.now(),
        zone=who.zone,
    )


def _kinds(who: Actor) -> list[str]:
    return [*SCOPES[: SCOPES.index(who.scope) + 1], HOSTS]


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
    place = f"{after.place}.{after.cadre_id}"
    return board_address("leaderboards.show", period, scope=board.kind, id=board.id or None, after=place)
