"""No page of a cadre reads a growing table from end to end, or all that is in one state: SQLite says how it reads."""

import re
from datetime import date

import pytest
from architecture.subjects import make_world
from earning import assign, close, pay, sign_up
from flask import url_for
from signing_in import sign_in
from sqlalchemy import event

from portal.database.columns import Base
from portal.database.extensions import db
from portal.web.access import rule_of

SCANNED = re.compile(r"SCAN (\w+)")
# All of one state or month, whoever's they are: as good as the whole table in a nation.
EVERYBODYS = re.compile(r"SEARCH (\w+) .*\((?:status|outcome|kind|month|earned_month|blth|act)=\?\)")
# These hold few rows however large the nation is.
SMALL = {
    "branches", "contribution_tables", "host_bodies", "months", "parameters", "plan_versions", "points_rules",
    "regional_offices", "tax_tables", "recognition_definitions", "holidays", "league_months",
}  # fmt: skip


def real_name(name: str, statement: str) -> str:
    """Return the table that a name in a plan stands for."""
    named = re.search(rf"\b(\w+) AS {name}\b", statement, re.IGNORECASE)
    return named[1] if named else name


@pytest.fixture
def read_whole(app):
    """Which tables were read from end to end since the test began, and by which statement."""
    found: dict[str, str] = {}

    def explain(_connection, cursor, statement, values, _context, many):
        if many or not statement.lstrip().upper().startswith(("SELECT", "WITH")):
            return
        plan = cursor.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", values)
        for *_, step in plan.fetchall():
            scanned = SCANNED.match(step) or EVERYBODYS.match(step)
            table = real_name(scanned[1], statement) if scanned else None
            if table in Base.metadata.tables and table not in SMALL:
                found[table] = statement

    event.listen(db.engine, "before_cursor_execute", explain)
    yield found
    event.remove(db.engine, "before_cursor_execute", explain)


def _close_october(cast):
    """Give the cadre a statement of a closed month."""
    assign(cast.palembang, "perisai-2022")
    sign_up(cast.marlina, 2, on=date(2026, 10, 5))
    pay(cast.marlina, 16_800, paid_on=date(2026, 10, 5))
    close("2026-10")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_cadres_pages_read_no_growing_table_from_end_to_end(app, read_whole):
    world = make_world()
    _close_october(world.cast)
    client = sign_in(app.test_client(), world.cast.marlina)
    faults, pages = [], 0
    for rule in app.url_map.iter_rules():
        carried = rule_of(app.view_functions[rule.endpoint])
        if "GET" not in (rule.methods or ()) or carried is None or "cadre" not in carried.roles:
            continue
        with app.test_request_context():
            address = url_for(rule.endpoint, **world.case(rule.endpoint, set(rule.arguments)).own)
        read_whole.clear()
        client.get(address)
        pages += 1
        faults += [f"{address} reads all of {table}: {statement}" for table, statement in read_whole.items()]
    assert pages > 20
    assert not faults, "\n\n".join(faults)
