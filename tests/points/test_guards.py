"""Hostile SQL: the database itself refuses to rewrite what must never change."""

from datetime import UTC, date, datetime

import pytest
from cast import make_cast
from factories import actor_of
from sqlalchemy import create_engine, text, update
from sqlalchemy.exc import DBAPIError

from portal import audit
from portal.database.extensions import db, engine_options, prepare_engine
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.leaderboards.services import freeze_standings
from portal.points.models import Month
from portal.points.services.months import lock_month
from portal.points.services.posting import NewEntry, post_entry

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
ENTRY = (
    "INSERT INTO ledger_entries (cadre_id, branch_id, month, original_month, points, kind, source, rule_version,"
    " earned_on, posted_at, posted_by, reverses) SELECT cadre_id, branch_id, '{month}', '2026-09', {points}, '{kind}',"
    " '{source}', 1, earned_on, posted_at, posted_by, {reverses} FROM ledger_entries WHERE id = 1"
)


@pytest.fixture
def closed(app):
    """September is closed and frozen with one entry; October is open with one."""
    cast = make_cast()
    for n, month in enumerate((9, 10)):
        with transaction():
            post_entry(
                NewEntry(
                    cadre_id=cast.marlina.id,
                    kind="activity",
                    source=f"activity:{n}",
                    points=25,
                    rule_version=1,
                    earned_on=date(2026, month, 3),
                ),
                by=Signature(actor_of(cast.marlina), NOW),
            )
            audit.record(
                by=Signature(actor_of(cast.fahmi), NOW), act="activity.approved", subject=("activity", n)
            )
    with transaction():
        lock_month("2026-09")
        freeze_standings(month="2026-09")
        db.session.execute(
            update(Month)
            .where(Month.month == "2026-09")
            .values(status="closed", digest="d" * 64, closed_at=NOW),
        )
    return cast


@pytest.fixture(params=("application", "owner"))
def run(request, database, closed):
    """Run a statement as the application or as the database's owner, each in its own transaction."""
    address = database.url if request.param == "application" else database.owner
    engine = create_engine(address, **engine_options(address))
    prepare_engine(engine)

    def execute(statement: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(statement))

    yield execute
    engine.dispose()


def refused(run, statement: str) -> None:
    with pytest.raises(DBAPIError):
        run(statement)


def test_what_is_append_only_is_neither_changed_nor_deleted(run, app):
    columns = {"ledger_entries": "points", "audit_events": "act", "frozen_standings": "points"}
    before = {
        table: db.session.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one() for table in columns
    }
    db.session.rollback()
    for table, column in columns.items():
        refused(run, f"UPDATE {table} SET {column} = {column}")
        refused(run, f"DELETE FROM {table}")
        if db.engine.dialect.name == "postgresql":
            refused(run, f"TRUNCATE {table} CASCADE")
        assert db.session.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one() == before[table] > 0
        db.session.rollback()


def test_an_entry_is_not_overwritten_by_an_insert(run, app):
    again = ENTRY.format(month="2026-10", points=999, kind="activity", source="activity:0", reverses="NULL")
    refused(run, again)
    if db.engine.dialect.name == "sqlite":
        refused(run, again.replace("INSERT INTO", "INSERT OR REPLACE INTO"))
        refused(run, "REPLACE INTO ledger_entries SELECT * FROM ledger_entries")
    refused(
        run,
        again.replace(
            "WHERE id = 1", "WHERE id = 1 AND true ON CONFLICT (source, kind) DO UPDATE SET points = 999"
        ),
    )
    assert db.session.execute(text("SELECT SUM(points) FROM ledger_entries")).scalar_one() == 50


def test_nothing_enters_a_month_that_is_closed_or_unknown(run):
    for month in ("2026-09", "2026-08", "2031-01"):
        refused(
            run, ENTRY.format(month=month, points=5, kind="badge", source=f"badge:{month}", reverses="NULL")
        )
    run(ENTRY.format(month="2026-10", points=5, kind="badge", source="badge:1", reverses="NULL"))


def test_an_entry_of_nothing_and_a_reversal_of_nothing_are_refused(run):
    refused(run, ENTRY.format(month="2026-10", points=0, kind="badge", source="badge:1", reverses="NULL"))
    refused(
        run,
        ENTRY.format(
            month="2026-10", points=-25, kind="activity_reversal", source="activity:0", reverses="NULL"
        ),
    )
    refused(run, ENTRY.format(month="2026-10", points=5, kind="badge", source="badge:1", reverses="1"))
    run(
        ENTRY.format(month="2026-10", points=-25, kind="activity_reversal", source="activity:0", reverses="1")
    )
    refused(
        run,
        ENTRY.format(
            month="2026-10", points=-25, kind="activity_reversal", source="activity:9", reverses="1"
        ),
    )


def test_a_closed_month_is_not_opened_changed_deleted_or_preceded(run):
    refused(run, "UPDATE months SET status = 'open', digest = NULL WHERE month = '2026-09'")
    refused(run, "UPDATE months SET digest = digest WHERE month = '2026-09'")
    refused(run, "DELETE FROM months WHERE month = '2026-09'")
    refused(run, "DELETE FROM months WHERE month = '2026-10'")
    refused(run, "INSERT INTO months (month, status) VALUES ('2026-08', 'open')")
    refused(run, "UPDATE months SET status = 'closed' WHERE month = '2026-10'")


def test_a_closed_month_takes_no_more_standings(run):
    refused(
        run,
        "INSERT INTO frozen_standings (month, scope, scope_code, cadre_id, cadre_code, branch_code, rank, points,"
        " validated_signups) SELECT month, scope, scope_code, (SELECT MAX(id) FROM cadres), cadre_code, branch_code,"
        " rank, points, validated_signups FROM frozen_standings WHERE scope = 'nation'",
    )


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_application_cannot_take_the_guards_away(database, closed):
    engine = create_engine(database.url)
    for statement in (
        "ALTER TABLE ledger_entries DISABLE TRIGGER ALL",
        "DROP TRIGGER guard_ledger_entries ON ledger_entries",
        "DROP TABLE ledger_entries CASCADE",
        "ALTER TABLE ledger_entries DROP CONSTRAINT uq_ledger_entries_source_kind",
        "CREATE OR REPLACE FUNCTION guard_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SET session_replication_role = replica",
        "UPDATE alembic_version SET version_num = ''",
    ):
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()
