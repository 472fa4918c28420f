"""The world of the journeys, stored in the database that the real processes serve."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from cast import Cast, make_cast
from earning import assign
from flask import Flask
from live import LivePortal
from sqlalchemy import update
from visitors import PASSWORD

from portal import clock, storage, vault
from portal.accounts.models import User
from portal.accounts.services.passwords import hash_password
from portal.cadres.models import Cadre
from portal.database.extensions import db

NOON = "2026-11-22T12:00:00+07:00"


@contextmanager
def inside(app: Flask, folder) -> Iterator[None]:
    """Work on the database in this process, with the keys and the media folder of the real ones."""
    config = app.config["PORTAL"]
    vault.configure(list(config.data_keys), config.index_key)
    storage.configure(folder / "media")
    clock.configure(datetime.fromisoformat(NOON).astimezone(UTC))
    with app.app_context():
        try:
            yield
        finally:
            db.session.rollback()
            db.session.remove()
            db.engine.dispose()


def open_stage() -> Cast:
    """Store the cast with passwords and addresses; Palembang is paid by kader-penggerak, Jayapura by nothing."""
    cast = make_cast()
    secret = hash_password(PASSWORD)
    for name, person in vars(cast).items():
        number = person.user_id if isinstance(person, Cadre) else person.id
        if isinstance(person, Cadre | User):
            values = {"password_hash": secret, "email": f"{name}@contoh.test"}
            db.session.execute(update(User).where(User.id == number).values(**values))
    db.session.commit()
    assign(cast.palembang, "kader-penggerak", "2026-08")
    return cast


def fail_on_faults(portal: LivePortal) -> None:
    """Fail when a process wrote a traceback."""
    if "Traceback" in (log := portal.log()):
        pytest.fail(f"a process reported a fault:\n{log[-4000:]}")
