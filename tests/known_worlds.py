"""Worlds that take seconds to load, loaded once for each database and then restored."""

from datetime import date
from typing import Any

from portal import storage, vault
from portal.database.extensions import db
from portal.demo.load import load_everything

UNTIL = date(2026, 11, 22)
_kept: dict[Any, set[str]] = {}


def restore_demo(database: Any) -> None:
    """Put the demo of thirty cadres and four closed months into a database."""
    if "demo" in _kept.setdefault(database, set()):
        database.restore("demo")
        return
    database.reset()
    config = database.app.config["PORTAL"]
    vault.configure(list(config.data_keys), config.index_key)
    storage.configure(config.media)
    with database.app.app_context():
        load_everything(cadres=30, months=4, seed=1, until=UNTIL, watch=lambda done: None)
        db.session.remove()
    database.keep("demo")
    _kept[database].add("demo")
