"""Alembic's environment: which database, which models."""

from typing import Any

from alembic import context
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.types import TypeEngine

from portal.config import read_config
from portal.database.columns import Base
from portal.database.extensions import engine_options, prepare_engine
from portal.models import ALL_MODELS

assert ALL_MODELS
target_metadata = Base.metadata


def types_differ(
    migration: MigrationContext, _stored: Any, _column: Any, stored: TypeEngine[Any], wanted: TypeEngine[Any]
) -> bool:
    """Compare a column's types by their words in this database, our own types included.

    Alembic's own comparison passes over a length that only one of the two has.
    """
    return stored.compile(migration.dialect) != wanted.compile(migration.dialect)


def run() -> None:
    """Migrate over the owner's connection."""
    url = context.config.attributes.get("url") or read_config().owner_url
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            render_as_batch=True,
            compare_type=types_differ,
            compare_server_default=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
