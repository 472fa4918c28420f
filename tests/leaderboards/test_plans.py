"""How SQLite reads boards: in the order of an index, whatever its statistics say."""

import re

import pytest
from sqlalchemy import text

from portal.leaderboards.queries import boards, own, past, search
from portal.leaderboards.queries.scopes import SCOPES

READ = {
    **{f"board of the {kind}": boards.live_page(kind, 101, later=False) for kind in SCOPES},
    **{f"later page of the board of the {kind}": boards.live_page(kind, 101, later=True) for kind in SCOPES},
    "frozen board": boards.frozen_page(101),
    "frozen neighbours": past._AROUND,
}
VALUES = {
    "period": "2026-11", "scope": "nation", "scope_id": 0, "code": "ID", "cadre_id": 1, "place": 9, "rank": 1, "rows": 101,
 "score": 5_000_000, "skip10": 0, "skip25": 0, "skip50": 0,
}  # fmt: skip
SCANNED = ("SCAN s", "SCAN f", "SCAN branch", "SCAN cadre")
FEW_BRANCHES_MANY_STANDINGS = (
    "INSERT INTO sqlite_stat1 VALUES ('branches', 'sqlite_autoindex_branches_1', '325 1')",
    "INSERT INTO sqlite_stat1 VALUES ('cadres', 'ix_cadres_branch', '100000 308')",
    "INSERT INTO sqlite_stat1 VALUES ('standings', 'ix_standings_branch', '700000 100000 308 3 1')",
    "INSERT INTO sqlite_stat1 VALUES ('standings', 'ix_standings_region', '700000 100000 9000 80 1')",
    "INSERT INTO sqlite_stat1 VALUES ('standings', 'ix_standings_nation', '700000 100000 2000 1')",
    "INSERT INTO sqlite_stat1 VALUES ('frozen_standings', 'ix_frozen_standings_board', '900000 300000 100000 900 60 1')",
)


@pytest.fixture
def with_statistics(app, session):
    session.execute(text("ANALYZE"))
    session.execute(text("DELETE FROM sqlite_stat1"))
    for statement in FEW_BRANCHES_MANY_STANDINGS:
        session.execute(text(statement))
    session.execute(text("ANALYZE sqlite_schema"))  # reads the statistics anew
    return session


def plan_of_rows(plan):
    """The first read of a table: where the rows of the page come from."""
    return next(step for step in plan if step.startswith("SEARCH"))


def plan_of_own_page(session, kind, change=lambda query: query):
    own.own_page(1, "2026-11", kind, today="2026-11-22", months=6, rows=10)
    written = own._page(kind, 11)._written["sqlite"]
    wanted = VALUES | {"until": "2026-11", "today": "2026-11-22", "months": 6}
    given = written.values({name: wanted[name] for name in wanted if f":{name}" in written.text})
    query = f"EXPLAIN QUERY PLAN {change(written.text)}"
    return [row.detail for row in session.connection().exec_driver_sql(query, given)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", SCOPES)
def test_a_cadre_s_own_page_is_read_from_the_index_of_its_board(with_statistics, kind):
    plan = plan_of_own_page(with_statistics, kind)

    assert not [step for step in plan if step.startswith(SCANNED)], plan
    assert not [step for step in plan if "TEMP B-TREE" in step], plan
    board = {
        "branch": "ix_standings_branch",
        "region": "ix_standings_region",
        "nation": "ix_standings_nation",
    }[kind]
    read = [step for step in plan if step.startswith("SEARCH s USING") and board in step]
    assert len(read) >= 3 + 2, plan  # above, below and the top; who stands between


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", SCOPES)
@pytest.mark.parametrize("statistics", [False, True])
def test_a_board_s_pages_and_neighbours_are_read_from_its_own_index(request, session, kind, statistics):
    if statistics:
        request.getfixturevalue("with_statistics")
    pages = [boards.live_page(kind, 101, later=later) for later in (False, True)]
    read = [
        step for query in pages for step in plan_of(session, query) if step.startswith("SEARCH s USING INDEX")
    ]
    read += [step for step in plan_of_own_page(session, kind) if step.startswith("SEARCH s USING INDEX")]

    read = [step for step in read if "ix_standings" in step]  # not a cadre's own months
    assert len(read) >= 1 + 1 + 4 + 1, "first and later page; two places above and below; the top"
    assert all(f"ix_standings_{kind} " in step for step in read), read


def plan_of(session, query):
    wanted = {name: VALUES[name] for name in query.compile().params}
    return [row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {query}"), wanted)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("page", READ)
def test_a_page_is_read_from_the_index_of_its_board(with_statistics, page):
    plan = plan_of(with_statistics, READ[page])

    assert not [step for step in plan if "TEMP B-TREE" in step], plan
    assert not [step for step in plan if step.startswith(SCANNED)], plan
    if "later page" in page:
        assert "(score,cadre_id)<(?,?)" in plan_of_rows(plan), (
            "those who share a place are passed over one by one"
        )
    assert "ix_standings" in plan_of_rows(plan) or "ix_frozen_standings_board" in plan_of_rows(plan), plan


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", SCOPES)
def test_these_statistics_mislead_a_page_that_leaves_the_order_of_its_tables_open(with_statistics, kind):
    plan = plan_of_own_page(with_statistics, kind, lambda query: query.replace("CROSS JOIN", "JOIN"))

    assert [step for step in plan if step.startswith(SCANNED)], "the plan says nothing about the order"


@pytest.mark.parametrize(
    "page", [*READ, *(f"search in the {kind}" for kind in search._LIVE), "frozen search"]
)
def test_a_board_names_the_order_of_its_tables(page):
    """SQLite begins at the standings today however the tables are joined: no statistics tell the two apart."""
    searches = {f"search in the {kind}": query for kind, query in search._LIVE.items()}
    query = str((READ | searches | {"frozen search": search._FROZEN})[page])

    assert re.search(r"((frozen_)?standings AS \w|LIMIT .*\) AS taken) CROSS JOIN cadres", query)
    assert not re.search(r"(?<!CROSS )JOIN", query)
