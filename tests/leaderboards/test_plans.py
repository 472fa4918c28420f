"""How SQLite reads boards: in the order of an index, whatever its statistics say."""

import pytest
from sqlalchemy import text

from portal.leaderboards.queries import boards, own, past

READ = {
    **{f"board of the {kind}": query for kind, query in boards._ROWS.items()},
    "frozen board": boards._FROZEN,
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


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", own._PAGES)
def test_a_cadre_s_own_page_is_read_from_the_index_of_its_board(with_statistics, kind):
    own.own_page(1, "2026-11", kind, until="2026-11", months=6, rows=10)
    written = own._PAGES[kind]._written["sqlite"]
    wanted = VALUES | {"until": "2026-11", "months": 6}
    given = written.values({name: wanted[name] for name in wanted if f":{name}" in written.text})
    connection = with_statistics.connection()

    plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {written.text}", given)]

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
@pytest.mark.parametrize("page", READ)
def test_a_page_is_read_from_the_index_of_its_board(with_statistics, page):
    query = READ[page]
    wanted = {name: VALUES[name] for name in query.compile().params}

    plan = [row.detail for row in with_statistics.execute(text(f"EXPLAIN QUERY PLAN {query}"), wanted)]

    assert not [step for step in plan if "TEMP B-TREE" in step], plan
    assert not [step for step in plan if step.startswith(SCANNED)], plan
    assert "ix_standings" in plan_of_rows(plan) or "ix_frozen_standings_board" in plan_of_rows(plan), plan
