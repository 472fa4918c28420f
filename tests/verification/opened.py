"""A world opened as the owner of its database could open it."""

from flask import Flask
from sqlalchemy import text

from portal.database.extensions import db


class World:
    """A portal whose database is opened as its owner; what a test plants is rolled back."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def open_for_changes(self) -> None:
        """Disable the guards, as an owner could; on SQLite they are dropped."""
        connection = db.session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            return
        names = (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        )
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for name in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
