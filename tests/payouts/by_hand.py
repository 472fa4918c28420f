"""Changes past the portal: with the application's own login, or as the database's owner with the guards off."""

from sqlalchemy import create_engine, text

from portal.extensions import db, engine_options


def by_hand(statement: str, **values) -> None:
    """Run a statement as the application's login may; whatever comes of it, nothing stays open."""
    try:
        db.session.rollback()
        db.session.execute(text(statement), values)
        db.session.commit()
    finally:
        db.session.rollback()


def unguarded(database, statement: str, **values) -> None:
    """Run a statement as the owner of the database could, with every guard switched off."""
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
