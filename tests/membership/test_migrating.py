"""What migration 0003 does to existing conflicts: the key and the whole row, up and down again."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from portal.config import PROJECT
from portal.database.extensions import engine_options

OLD, NEW = "0002_guards", "0003_money_of_signups"


def store(connection, table, **values):
    """Store a row with arbitrary values in required columns that do not matter."""
    for _, name, kind, needed, default, key in connection.execute(text(f"PRAGMA table_info({table})")):
        if needed and default is None and not key:
            values.setdefault(name, "2026-10-12" if "DATE" in kind else "x" if "CHAR" in kind else 1)
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


@pytest.fixture
def migrate(tmp_path):
    url = f"sqlite:///{tmp_path / 'old.db'}"
    settings = Config()
    settings.set_main_option("script_location", str(PROJECT / "migrations"))
    settings.attributes["url"] = url
    command.upgrade(settings, OLD)
    engine = create_engine(url, **engine_options(url))
    with engine.begin() as connection:
        store(connection, "users", id=1, role="validator", scope="nation")
        store(connection, "extract_imports", id=2, status="applied", uploaded_by=1)
        store(connection, "participants", id=3, status="active", import_id=2)
        paid = {
            "participant_id": 3,
            "blth": "2026-10",
            "payer_type": "donatur",
            "pack": "JKK,JKM",
            "import_id": 2,
        }
        store(connection, "contributions", id=5, **paid)
        said = {"new_amount": 20000, "new_paid_on": "2026-10-13", "status": "open"}
        store(connection, "contribution_conflicts", import_id=2, contribution_id=5, **said)
    yield engine, settings
    engine.dispose()


def rows(engine, columns):
    with engine.connect() as connection:
        return [
            tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM contribution_conflicts"))
        ]


def test_conflicts_keep_their_key_and_take_the_stored_payer_and_pack(migrate):
    engine, settings = migrate
    command.upgrade(settings, NEW)

    columns = "participant_id, blth, new_amount, new_paid_on, new_payer_type, new_pack, status"
    assert rows(engine, columns) == [(3, "2026-10", 20000, "2026-10-13", "donatur", "JKK,JKM", "open")]


def test_the_way_back_names_the_contribution_again(migrate):
    engine, settings = migrate
    command.upgrade(settings, NEW)
    with engine.begin() as connection:
        row = {"blth": "2026-11", "new_payer_type": "mandiri", "new_pack": "JKK,JKM", "status": "open"}
        store(connection, "contribution_conflicts", import_id=2, participant_id=3, **row)
    command.downgrade(settings, OLD)

    assert rows(engine, "contribution_id, new_amount, new_paid_on") == [(5, 20000, "2026-10-13")]
