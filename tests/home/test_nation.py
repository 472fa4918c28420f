"""The first pages of those who see the nation count no rows of the tables that grow with it."""

import re
from contextlib import contextmanager

import pytest
from factories import make_user
from signing_in import sign_in
from sqlalchemy import event

from portal.database.extensions import db

GROWING = "activities|signups|standings|participants|users|bank_accounts|contributions"
COUNTED = re.compile(rf"(?is)^SELECT [^;]*\b(count|sum)\(.*\bFROM ({GROWING})\b")
# What is counted by an index that holds only what waits: double claims, and matches that may be paid by now.
BY_INDEX = {"admin": ["signups.nik_hash"], "validator": ["contributions.participant_id", "signups.nik_hash"]}


@contextmanager
def statements():
    """Collect what is sent to the database."""
    found = []

    def note(_connection, _cursor, statement, _values, _context, _many):
        found.append(" ".join(statement.split()))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("role", sorted(BY_INDEX))
def test_the_page_counts_only_what_waits(client, app, role):
    client = sign_in(client, make_user(role=role))
    client.get("/")

    with statements() as sent:
        assert client.get("/").status_code == 200

    counted = [one for one in sent if COUNTED.match(one)]
    unexpected = [one for one in counted if not any(name in one for name in BY_INDEX[role])]
    assert (unexpected, len(counted)) == ([], len(BY_INDEX[role]))
