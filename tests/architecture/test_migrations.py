"""The migrations: one head, numbered, equal to the models; every guard is in place."""

import importlib.util
import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from portal.database.columns import Base
from portal.database.extensions import db, engine_options

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


def _load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_migrations_are_numbered_and_named_like_their_revision():
    files = sorted(path for path in VERSIONS.glob("*.py"))

    assert [int(path.stem[:4]) for path in files] == list(range(1, len(files) + 1))
    previous = None
    for path in files:
        module = _load(path)
        assert module.revision == path.stem
        assert module.down_revision == previous
        previous = module.revision


def test_the_migrated_schema_equals_the_models(app, database):
    engine = create_engine(database.owner, **engine_options(database.owner))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()

    assert not differences


def test_every_guarded_table_has_its_triggers(app, database):
    guards = _load(VERSIONS / "0002_guards.py")
    if db.engine.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT DISTINCT tgname FROM pg_trigger WHERE NOT tgisinternal"
    found = set(db.session.execute(text(query)).scalars())

    for table in (*guards.APPEND_ONLY, "months", "payouts"):
        assert any(re.match(rf"guard_{table}", name) for name in found), table
