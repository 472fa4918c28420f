"""How much each page asks of the database: a number that depends on no machine.

The constants are what the pages ask today. The bars: a cadre's home and statement at most 8
statements, the own rank at most 3 round trips on PostgreSQL. Whoever makes a page ask less lowers its constant.
"""

from datetime import date

import pytest
from cast import make_cast
from counting import Asked, counting
from earning import activity, assign, close, pay, sign_up
from factories import make_user
from reporting import hand_in_clean
from signing_in import sign_in

from portal.database.extensions import db

# page -> person, address; statements on SQLite and on PostgreSQL, and round trips to PostgreSQL
PAGES = {
    "own rank": ("marlina", "/ranks", 2, 2, 2),
    "own rank by region": ("marlina", "/ranks?scope=region", 3, 3, 3),
    "own rank by nation": ("marlina", "/ranks?scope=nation", 3, 3, 3),
    "home": ("marlina", "/", 8, 8, 8),
    "Insentif": ("marlina", "/statements", 4, 4, 4),
    "estimate": ("marlina", "/statements/2026-11", 6, 6, 6),
    "statement": ("marlina", "/statements/2026-10", 4, 4, 4),
    "board": ("ratna", "/boards/nation", 6, 6, 6),  # with the real names beside aliases, and the quality
    "review": ("fahmi", "/review", 14, 14, 14),
    "home of a branch": ("fahmi", "/", 41, 41, 42),
    "home of an office": ("wahyu", "/", 42, 42, 43),
    "home of the nation": ("ratna", "/", 41, 41, 43),
}


@pytest.fixture
def world(app):
    """October closed, points and a waiting report in November."""
    cast = make_cast()
    cast.wahyu = make_user(
        name="Wahyu", role="admin", scope="region", regional_office_id=cast.palembang.regional_office_id
    )
    assign(cast.palembang, "perisai-2022")
    for on in (date(2026, 10, 5), date(2026, 11, 5)):
        for cadre in (cast.marlina, cast.herman):
            sign_up(cadre, 2, on=on)
            pay(cadre, 16_800, paid_on=on)
            activity(cadre, f"{cadre.code} {on}", on=on)
        if on.month == 10:
            close("2026-10")
    hand_in_clean(cast.marlina)
    hand_in_clean(cast.herman)
    return cast


def ask(client, person, address):
    """Count a second visit: the first one opens the connection."""
    sign_in(client, person)
    with counting() as count:
        assert client.get(address).status_code == 200
        return count(lambda: client.get(address))


@pytest.mark.slow
def test_each_page_asks_the_database_as_often_as_is_written_here(client, world):
    sqlite = db.engine.dialect.name == "sqlite"
    asked = {name: ask(client, getattr(world, who), address) for name, (who, address, *_) in PAGES.items()}

    assert asked == {
        name: Asked(on_sqlite, 0) if sqlite else Asked(on_postgresql, trips)
        for name, (_, _, on_sqlite, on_postgresql, trips) in PAGES.items()
    }


def test_what_goes_around_the_session_is_counted_too(app):
    raw = db.engine.raw_connection
    with counting() as count:
        seen = count(lambda: raw().cursor().execute("SELECT 1"))

    assert seen.statements == 1
