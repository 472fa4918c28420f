"""INSERT … ON CONFLICT for either database: both support it, but SQLAlchemy has one construct for each."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from portal.database.columns import Base
from portal.database.extensions import db


def insert_into(model: type[Base]) -> Any:
    """Return the database's own INSERT construct for a model's table."""
    dialect = db.session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(model.__table__)  # type: ignore[arg-type] # a Table, by the declarative mapping
