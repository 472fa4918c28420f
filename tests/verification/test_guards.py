"""Verify names the triggers and rights that must exist: missing, disabled, altered, or somebody else's."""

import os

import pytest
from sqlalchemy import create_engine, text

from portal.database.extensions import db, engine_options
from portal.verification.queries.guards import EXPECTED, check_guards, list_guards


@pytest.mark.slow
def test_the_list_is_that_of_the_migrations(app):
    """After a migration with triggers or rights: `make guards` writes the list anew."""
    lines = sorted(f"{name} {words}\n" for name, words in list_guards().items())
    file = EXPECTED / f"{db.engine.dialect.name}.txt"
    if os.environ.get("PORTAL_WRITE_GUARDS"):
        file.write_text("".join(lines), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == "".join(lines), "run: make guards"
    assert not list(check_guards())


SQLITE = [
    (
        "DROP TRIGGER guard_ledger_entries_delete",
        "missing or off",
        "ledger_entries guard_ledger_entries_delete",
    ),
    (
        "DROP TRIGGER guard_statements_update; CREATE TRIGGER guard_statements_update BEFORE UPDATE ON statements"
        " BEGIN SELECT 1; END",
        "not as the portal made it",
        "statements guard_statements_update",
    ),
    (
        "CREATE TRIGGER helpful AFTER INSERT ON ledger_entries BEGIN SELECT 1; END",
        "not the portal's",
        "ledger_entries helpful",
    ),
]
POSTGRESQL = [
    (
        "DROP TRIGGER guard_ledger_entries ON ledger_entries",
        "missing or off",
        "ledger_entries guard_ledger_entries",
    ),
    (
        "ALTER TABLE statements DISABLE TRIGGER guard_statements",
        "missing or off",
        "statements guard_statements",
    ),
    (
        "CREATE OR REPLACE FUNCTION guard_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "not as the portal made it",
        "audit_events guard_audit_events",
    ),
    ("GRANT UPDATE ON ledger_entries TO portal_app", "not the portal's", "ledger_entries portal_app UPDATE"),
    (
        "GRANT UPDATE (amount) ON statement_lines TO PUBLIC",
        "not the portal's",
        "statement_lines.amount PUBLIC UPDATE",
    ),
    ("REVOKE INSERT ON audit_events FROM portal_app", "missing or off", "audit_events portal_app INSERT"),
]


@pytest.mark.parametrize("place", range(6))
def test_a_guard_taken_away_is_named(app, database, place):
    listed = SQLITE if database.url.startswith("sqlite") else POSTGRESQL
    change, what, where = listed[place % len(listed)]
    db.session.rollback()
    engine = create_engine(database.owner, **engine_options(database.owner))
    with engine.begin() as connection:
        for statement in change.split("; CREATE"):
            words = (
                statement
                if statement.startswith(("DROP", "ALTER", "GRANT", "REVOKE", "CREATE"))
                else f"CREATE{statement}"
            )
            connection.execute(text(words))
    engine.dispose()

    named = {(one.what, one.where) for one in check_guards()}

    assert any(what in said and where == row for said, row in named), named
