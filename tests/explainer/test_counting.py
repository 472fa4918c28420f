"""Openings are counted per cadre and day: readers alone, one write a second at most, and nobody waits for it."""

from datetime import date

import psycopg
import pytest
from cast import make_cast
from signing_in import sign_in
from sqlalchemy import event, select

from portal import clock
from portal.database.columns import Base
from portal.database.extensions import db, sqlite_module
from portal.database.transaction import transaction
from portal.explainer.models import Opening
from portal.explainer.queries import count_openings, link_of
from portal.explainer.services import add_openings
from portal.explainer.views import counting
from portal.organisation.models import Parameter

TODAY = date(2026, 11, 22)
READER = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
    "Sec-Fetch-Site": "cross-site",
}


@pytest.fixture
def cast(app):
    return make_cast()


@pytest.fixture
def link(cast):
    return f"/buku-saku/{link_of(cast.marlina.code)}"


def counted(cadre, day=TODAY):
    db.session.rollback()
    found = select(Opening.openings).where(Opening.cadre_id == cadre.id, Opening.day == day)
    return db.session.scalar(found) or 0


def later(app):
    """Let a second pass since the last write."""
    app.extensions["explainer_openings"].written_at = float("-inf")


def test_an_opening_by_a_reader_counts_for_the_cadre_and_the_day(app, client, cast, link):
    assert client.get(link, headers=READER).status_code == 200
    assert (counted(cast.marlina), counted(cast.herman)) == (1, 0)

    later(app)
    client.get(f"{link}?income=1.000.000&lang=en", headers=READER)
    assert counted(cast.marlina) == 2


def test_the_day_is_that_of_the_cadres_branch(app, client, cast, monkeypatch):
    late = clock.now().replace(hour=16, minute=30)  # 23.30 in Palembang, 01.30 of the next day in Jayapura
    monkeypatch.setattr(clock, "now", lambda: late)

    for cadre in (cast.marlina, cast.yosef):
        client.get(f"/buku-saku/{link_of(cadre.code)}", headers=READER)
        later(app)

    client.get(f"/buku-saku/{link_of(cast.yosef.code)}", headers=READER)
    assert (counted(cast.marlina), counted(cast.yosef, date(2026, 11, 23))) == (1, 2)


@pytest.mark.parametrize(
    "different",
    [
        {"User-Agent": "WhatsApp/2.24.21.79 A"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {
            "User-Agent": "Mozilla/5.0 (Linux; Android 6) AppleWebKit/537.36 (KHTML) Chrome/99 (compatible; bingbot/2.0)"
        },
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/130.0"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": ""},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
        {"Sec-Fetch-Site": "same-origin"},
    ],
)
def test_what_is_no_opening_by_a_reader_is_not_counted(client, cast, link, different):
    assert client.get(link, headers=READER | different).status_code == 200

    assert counted(cast.marlina) == 0


def test_neither_asking_for_the_head_nor_working_here_counts(app, client, cast, link):
    client.head(link, headers=READER)
    sign_in(app.test_client(), cast.marlina).get(link, headers=READER)
    client.get("/buku-saku/gambar.png", headers=READER)

    assert counted(cast.marlina) == 0


def test_a_link_that_bears_no_name_counts_for_nobody(client, cast):
    client.get("/buku-saku/umum", headers=READER)
    client.get(f"/buku-saku/{cast.marlina.code}-aaaaaaaa", headers=READER)

    assert db.session.scalars(select(Opening)).all() == []


def test_many_readers_at_once_cost_one_write_and_all_count(app, client, cast, link, monkeypatch):
    monkeypatch.setattr(counting, "_EVERY_SECONDS", 1_000)  # a second may be short on a busy machine
    written = []

    def note(_connection, _cursor, statement, *_rest):
        written.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        for _ in range(40):
            client.get(link, headers=READER)
        assert counted(cast.marlina) == 1
        later(app)
        client.get(link, headers=READER)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    assert counted(cast.marlina) == 41
    assert len([statement for statement in written if statement.startswith("INSERT INTO explainer")]) == 2


def _holder(database):
    """Somebody who writes and does not finish."""
    if database.url.startswith("sqlite"):
        connection = sqlite_module.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        return connection
    connection = psycopg.connect(database.owner.replace("+psycopg", ""))
    connection.execute("LOCK TABLE explainer_openings IN EXCLUSIVE MODE")
    return connection


def test_nobody_waits_for_a_busy_database_and_the_opening_is_written_later(app, database, client, cast, link):
    holder = _holder(database)
    try:
        answer = client.get(link, headers=READER)
        assert (answer.status_code, counted(cast.marlina)) == (200, 0)
    finally:
        holder.rollback()
        holder.close()

    later(app)
    client.get(link, headers=READER)
    assert counted(cast.marlina) == 2


def test_no_day_grows_beyond_what_is_believed(app, cast):
    db.session.add(Parameter(name="explainer_openings_a_day", from_month="2026-11", value=7))
    db.session.commit()

    with transaction():
        add_openings(counted={(cast.herman.id, TODAY): 9})
    for number in (3, 3, 3):
        with transaction():
            add_openings(counted={(cast.marlina.id, TODAY): number})

    assert (counted(cast.marlina), counted(cast.herman)) == (7, 7)


def test_a_cadre_who_is_gone_keeps_no_others_from_being_counted(app, cast):
    with transaction():
        add_openings(counted={(987_654, TODAY): 1, (cast.marlina.id, TODAY): 2})

    assert counted(cast.marlina) == 2


def test_a_flood_of_cadres_fills_no_memory(monkeypatch):
    monkeypatch.setattr(counting, "_MOST_WAITING", 3)
    waiting = counting._Waiting()
    waiting.take((1, TODAY))

    for cadre_id in (1, 2, 3, 4, 5, 1):
        assert not waiting.take((cadre_id, TODAY))

    assert waiting.openings == {(1, TODAY): 2, (2, TODAY): 1, (3, TODAY): 1}


def test_the_cadre_sees_today_the_week_and_all(app, cast):
    with transaction():
        add_openings(
            counted={
                (cast.marlina.id, TODAY): 2,
                (cast.marlina.id, date(2026, 11, 16)): 3,
                (cast.marlina.id, date(2026, 11, 15)): 4,
                (cast.herman.id, TODAY): 50,
            }
        )

    found = count_openings(cast.marlina.id, today=TODAY)
    assert (found.today, found.week, found.ever) == (2, 5, 9)
    page = sign_in(app.test_client(), cast.marlina).get("/buku-saku").text
    assert [f"<dd>{n}</dd>" in page for n in (2, 5, 9)] == [True] * 3


def test_nothing_but_a_number_is_kept():
    assert {column.name for column in Base.metadata.tables["explainer_openings"].columns} == {
        "cadre_id",
        "day",
        "openings",
    }
