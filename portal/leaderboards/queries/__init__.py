"""Reads of leaderboards: the own place, boards page by page, benchmarks, and the ranks of a whole month."""

from portal.leaderboards.queries.boards import (
    Board,
    BoardRow,
    Cursor,
    count_board,
    is_frozen,
    list_board,
    visible_rows,
)
from portal.leaderboards.queries.own import Neighbourhood, OwnMonth, OwnRank, neighbours, own_months, own_rank
from portal.leaderboards.queries.past import count_frozen, past_neighbours, past_rank
from portal.leaderboards.queries.ranked import RANKED, Ranked, count_differences, list_ranked
from portal.leaderboards.queries.scopes import (
    ALL,
    SCOPES,
    Scope,
    find_scope,
    get_scope_by_code,
    get_visible_scope,
    list_visible_scopes,
)
from portal.leaderboards.queries.search import search_board
from portal.leaderboards.queries.version import find_version

__all__ = [
    "ALL",
    "RANKED",
    "SCOPES",
    "Board",
    "BoardRow",
    "Cursor",
    "Neighbourhood",
    "OwnMonth",
    "OwnRank",
    "Ranked",
    "Scope",
    "count_board",
    "count_differences",
    "count_frozen",
    "find_scope",
    "find_version",
    "get_scope_by_code",
    "get_visible_scope",
    "is_frozen",
    "list_board",
    "list_ranked",
    "list_visible_scopes",
    "neighbours",
    "own_months",
    "own_rank",
    "past_neighbours",
    "past_rank",
    "search_board",
    "visible_rows",
]
