"""A cadre's place as pages and programs show it: of a closed month frozen, of everything else live."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from portal.domain.errors import NotFound, RuleBroken
from portal.domain.months import add_months
from portal.domain.periods import ALL, first_month, kind_of, parse_period, period_of, step
from portal.leaderboards.queries.boards import count_board, is_frozen, list_board, visible_rows
from portal.leaderboards.queries.history import History, own_best, own_months
from portal.leaderboards.queries.own import OwnPage, OwnPlace, own_page, own_place
from portal.leaderboards.queries.past import count_frozen, past_neighbours, past_rank
from portal.leaderboards.queries.scopes import Scope
from portal.points.queries import find_month


@dataclass(frozen=True)
class Period:
    """The period of a page, and the month that runs now; only a closed month is frozen."""

    code: str
    current: str
    frozen: bool
    closed_at: datetime | None

    @property
    def kind(self) -> str:
        """Return what kind of period it is: month, quarter, year or all."""
        return kind_of(self.code)

    @property
    def is_all(self) -> bool:
        """Tell whether this is all time."""
        return self.code == ALL

    @property
    def running(self) -> bool:
        """Tell whether the present month belongs to it."""
        return self.code == period_of(self.kind, self.current)

    @property
    def before(self) -> str:
        """Return the period before; none before all time."""
        return "" if self.is_all else step(self.code, -1)

    @property
    def after(self) -> str:
        """Return the period after; none after the one that runs."""
        return "" if self.running else step(self.code, 1)

    def of_kind(self, kind: str) -> str:
        """Return the period of another kind that holds this one's last month, or that of now."""
        month = min(add_months(first_month(step(self.code, 1)), -1), self.current) if not self.is_all else ""
        return period_of(kind, month or self.current)


def find_period(asked: str, *, current: str) -> Period:
    """Return the period that was asked for; none, or one that has not begun, is the present one of its kind."""
    try:
        code = parse_period(asked) if asked else current
    except RuleBroken as problem:
        raise NotFound(problem.code, problem.values) from problem
    code = min(code, period_of(kind_of(code), current))
    frozen = code != current and is_frozen(code)
    row = find_month(code) if frozen else None
    return Period(code, current, frozen=frozen, closed_at=row.closed_at if row else None)


def get_own_page(
    cadre_id: int, period: Period, scope: str, *, today: date, months: int, rows: int
) -> OwnPage:
    """Return a cadre's place, the past, and the first rows of the board; at most as many as they may see."""
    if period.frozen:
        return _frozen_page(cadre_id, period, scope, months=months, rows=rows)
    page = own_page(cadre_id, period.code, scope, today=today.isoformat(), months=months, rows=rows)
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
    history = History(best=own_best(cadre_id, until=period.current))
    seen = min(rows, visible_rows(own.ranked))
    top = list_board(own.board, period.code, rows=seen, frozen=True).rows
    return OwnPage(OwnPlace(own, near, {}), past, top, history)


def count_ranked(board: Scope, period: Period) -> int:
    """Count the places of a whole board."""
    return count_frozen(board, period.code) if period.frozen else count_board(board, period.code)
