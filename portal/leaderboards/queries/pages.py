"""A cadre's place as pages and programs show it: of an open month live, of a closed one frozen."""

from dataclasses import dataclass, replace
from datetime import datetime

from portal.domain.errors import NotFound, RuleBroken
from portal.domain.months import next_month, parse_month, previous_month
from portal.leaderboards.queries.boards import count_board, is_frozen, list_board, visible_rows
from portal.leaderboards.queries.own import OwnPage, OwnPlace, own_months, own_page, own_place
from portal.leaderboards.queries.past import count_frozen, past_neighbours, past_rank
from portal.leaderboards.queries.scopes import ALL, Scope
from portal.points.queries import find_month


@dataclass(frozen=True)
class Period:
    """The period of a page: a month or all time, and whether it is the present month or closed."""

    code: str
    current: str
    frozen: bool
    closed_at: datetime | None

    @property
    def is_all(self) -> bool:
        """Tell whether this is all time."""
        return self.code == ALL

    @property
    def before(self) -> str:
        """Return the month before."""
        return self.current if self.is_all else previous_month(self.code)

    @property
    def after(self) -> str:
        """Return the month after; none after the present one."""
        return "" if self.is_all or self.code >= self.current else next_month(self.code)


def find_period(asked: str, *, current: str) -> Period:
    """Return the period that was asked for: a month or ALL; none, or one that has not begun, is the present month."""
    if asked == ALL:
        return Period(ALL, current, frozen=False, closed_at=None)
    try:
        month = min(parse_month(asked), current) if asked else current
    except RuleBroken as problem:
        raise NotFound(problem.code, problem.values) from problem
    frozen = month != current and is_frozen(month)
    row = find_month(month) if frozen else None
    return Period(month, current, frozen=frozen, closed_at=row.closed_at if row else None)


def get_own_page(cadre_id: int, period: Period, scope: str, *, months: int, rows: int) -> OwnPage:
    """Return a cadre's place, the last months, and the first rows of the board; at most as many as they may see."""
    if period.frozen:
        return _frozen_page(cadre_id, period, scope, months=months, rows=rows)
    page = own_page(cadre_id, period.code, scope, until=period.current, months=months, rows=rows)
    if page is None:
        raise NotFound("leaderboards.no_cadre")
    return replace(page, top=page.top[: visible_rows(page.place.own.ranked)])


def _frozen_page(cadre_id: int, period: Period, scope: str, *, months: int, rows: int) -> OwnPage:
    own = past_rank(cadre_id, period.code, scope)
    near = [] if own is None else past_neighbours(own)
    if own is None:  # without an entry in that month: the board of today's branch
        today = own_place(cadre_id, period.code, scope)
        if today is None:
            raise NotFound("leaderboards.no_cadre")
        own = replace(today.own, ranked=count_frozen(today.own.board, period.code))
    past = own_months(cadre_id, until=period.current, months=months)
    seen = min(rows, visible_rows(own.ranked))
    top = list_board(own.board, period.code, rows=seen, frozen=True).rows
    return OwnPage(OwnPlace(own, near, {}), past, top)


def count_ranked(board: Scope, period: Period) -> int:
    """Count the places of a whole board."""
    return count_frozen(board, period.code) if period.frozen else count_board(board, period.code)
