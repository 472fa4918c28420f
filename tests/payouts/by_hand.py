"""Changes that bypass the portal: with the application's own login, or as the database's owner without the guards."""

from collections.abc import Iterable

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from portal.database.extensions import db, engine_options


def by_hand(statement: str, **values) -> None:
    """Run a statement with the application's login; nothing stays open, whatever happens."""
    try:
        db.session.rollback()
        db.session.execute(text(statement), values)
        db.session.commit()
    finally:
        db.session.rollback()


def accepted(statements: Iterable[str]) -> list[str]:
    """Run statements that the database should refuse, and return those that it accepted.

    A refused statement changes nothing, so all of them can share one world.
    """
    found = []
    for statement in statements:
        try:
            by_hand(statement)
        except DBAPIError:
            continue
        found.append(statement)
    return found


def unguarded(database, statement: str, **values) -> None:
    """Run a statement as the owner of the database could, with every guard disabled."""
    db.session.rollback()
    engine = create_engine(database.owner, **engine_options(database.owner))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            ).scalars()
            for name in list(names):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(statement), values)
    engine.dispose()
    db.session.expire_all()
