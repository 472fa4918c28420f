"""Standing and boards: the same reads as the pages, under the same rules."""

from collections.abc import Iterable
from datetime import date

from portal import clock
from portal.api.document import describe
from portal.api.forms.boards import (
    BoardAnswer,
    BoardQuery,
    MonthPointsAnswer,
    PeriodQuery,
    RankAnswer,
    RankQuery,
    RowAnswer,
    ScopeAnswer,
    TeamAnswer,
    TeamsAnswer,
    read_cursor,
    write_cursor,
)
from portal.api.views.blueprint import bp
from portal.domain.actors import STAFF, Actor
from portal.domain.months import local_date, month_of
from portal.leaderboards.queries.boards import MAX_SHOWN, BoardRow, list_board, visible_rows
from portal.leaderboards.queries.history import OwnMonth
from portal.leaderboards.queries.pages import Period, count_ranked, find_period, get_own_page
from portal.leaderboards.queries.scopes import Scope, get_visible_scope
from portal.leaderboards.queries.teams import Team, TeamBoard, team_board
from portal.web.access import actor, allow

MONTHS = 12


@bp.get("/me/rank")
@allow("cadre", program="read")
@describe("boards", answers={200: RankAnswer})
def get_rank(query: RankQuery) -> RankAnswer:
    """Show the caller's own standing with neighbours, benchmarks and past months."""
    who = actor()
    period = _period(who, query.asked)
    page = get_own_page(who.cadre_id or 0, period, query.scope, today=_today(who), months=MONTHS, rows=1)
    own, best = page.place.own, page.history.best
    return RankAnswer(
        scope=_scope(own.board),
        period=period.code,
        month=period.code,
        closed=period.frozen,
        points=own.points,
        validated_signups=own.validated,
        rank=own.rank,
        ranked=own.ranked,
        sharing=own.sharing if own.rank else 0,
        neighbours=_rows(page.place.near, who),
        benchmarks={str(percent): points for percent, points in page.place.benchmarks.items()},
        months=[_month(each) for each in page.months],
        best_month=None if best is None else _month(best),
        rank_at_end_of_yesterday=page.history.yesterday if query.scope == "branch" else None,
        signups_to_next_place=page.signups_to_next or None if period.running else None,
        computed_at=clock.now(),
    )


@bp.get("/boards/<any(branch,region,nation):scope>")
@allow("cadre", *STAFF, program="read")
@describe("boards", answers={200: BoardAnswer})
def get_board(scope: str, query: BoardQuery) -> BoardAnswer:
    """Show a board page by page: to staff whole, within their scope; to a cadre the top third of their own."""
    who = actor()
    period = _period(who, query.asked)
    if who.cadre_id is not None:
        return _top_third(who, period, scope)
    board = get_visible_scope(who, scope, int(query.id) if query.id else None)
    page = list_board(board, period.code, after=read_cursor(query.cursor))
    return BoardAnswer(
        scope=_scope(board),
        period=period.code,
        month=period.code,
        closed=page.frozen,
        ranked=count_ranked(board, period),
        items=_rows(page.rows, who),
        next=write_cursor(page.after),
        computed_at=clock.now(),
    )


@bp.get("/boards/hosts")
@allow("cadre", *STAFF, program="read")
@describe("boards", answers={200: TeamsAnswer})
def get_teams(query: PeriodQuery) -> TeamsAnswer:
    """Show the host bodies as teams: to staff of the nation all, to everybody else the top third."""
    who = actor()
    period = _period(who, query.asked)
    board = team_board(period.code, cadre_id=who.cadre_id)
    whole = who.cadre_id is None and who.scope == "nation"
    shown = board.ranked if whole else board.ranked[: visible_rows(len(board.ranked))]
    return TeamsAnswer(
        period=period.code,
        closed=period.frozen,
        ranked=len(board.ranked),
        items=[_team(team, board) for team in shown],
        own=_team(board.own, board) if board.own and board.own.rank else None,
        too_small=[team.name for team in board.small],
        next=None,
        computed_at=clock.now(),
    )


def _team(team: Team, board: TeamBoard) -> TeamAnswer:
    return TeamAnswer(
        rank=team.rank or 0,
        code=team.code,
        name=team.name,
        members=team.members,
        average=team.tenths / 10,
        own=team.host_id == board.own_id,
    )


def _month(each: OwnMonth) -> MonthPointsAnswer:
    return MonthPointsAnswer(month=each.month, points=each.points, rank=each.rank, closed=each.frozen)


def _top_third(who: Actor, period: Period, scope: str) -> BoardAnswer:
    page = get_own_page(who.cadre_id or 0, period, scope, today=_today(who), months=1, rows=MAX_SHOWN)
    own = page.place.own
    return BoardAnswer(
        scope=_scope(own.board),
        period=period.code,
        month=period.code,
        closed=period.frozen,
        ranked=own.ranked,
        items=_rows(page.top, who),
        next=None,
        computed_at=clock.now(),
    )


def _today(who: Actor) -> date:
    return local_date(clock.now(), who.zone)


def _period(who: Actor, asked: str) -> Period:
    return find_period(asked, current=month_of(_today(who)))


def _scope(board: Scope) -> ScopeAnswer:
    return ScopeAnswer.model_validate(
        {"kind": board.kind, "id": board.id, "code": board.code, "name": board.name}
    )


def _rows(rows: Iterable[BoardRow], who: Actor) -> list[RowAnswer]:
    return [
        RowAnswer(
            rank=row.rank,
            name=row.name,
            branch=row.branch,
            points=row.points,
            validated_signups=row.validated,
            own=row.cadre_id == who.cadre_id,
        )
        for row in rows
    ]
