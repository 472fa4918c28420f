"""A database that is down, hangs or is full costs a page five seconds, loses nothing typed and fills no log."""

import dataclasses
import logging
import time

import pytest
from cast import make_cast
from databases import PostgresDatabase, SqliteDatabase
from outages import PATIENCE, black_hole, forget_outage, form_in, stopped
from reporting import new_ref
from signing_in import post, sign_in
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portal.app import create_app
from portal.database import limits
from portal.database.extensions import db, engine_options, sqlite_module
from portal.web.access import rule_of
from portal.web.logs import OncePerSecond

pytestmark = [pytest.mark.slow]

TYPED = {
    "held_on": "2026-11-20",
    "place": 'Pasar "10" Ulu <b>',
    "village_query": "10 Ulu",
    "village_code": "",
    "act": "next",
}


@pytest.fixture(autouse=True)
def _with_a_healthy_database():
    forget_outage()
    yield
    forget_outage()


@pytest.fixture
def marlina(app, client):
    return sign_in(client, make_cast().marlina)


def page_of(answer):
    return answer.get_data(as_text=True)


def measured(act):
    began = time.monotonic()
    found = act()
    return found, time.monotonic() - began


def test_the_limits_add_up_to_five_seconds():
    options = engine_options("postgresql+psycopg://portal@db/portal")
    network = options["connect_args"]

    assert network["connect_timeout"] <= 3
    assert options["pool_timeout"] == 3
    assert network["tcp_user_timeout"] == 10_000
    assert (network["keepalives"], network["keepalives_idle"]) == (1, 20)
    assert limits.SERVER_MILLISECONDS["page"][0] / 1000 < limits.ANSWER_SECONDS < 5
    assert limits.SERVER_MILLISECONDS["act"][0] == 0
    assert limits.LOCK_SECONDS["page"] <= 5


def test_a_page_has_a_statement_timeout_and_a_long_act_has_none(app):
    if db.engine.dialect.name == "sqlite":
        show, page, act = "PRAGMA busy_timeout", 5000, 30000
    else:
        show, page, act = "SHOW statement_timeout", "4s", "0"

    def told():
        db.session.rollback()
        return db.session.execute(text(show)).scalar_one()

    with app.test_request_context("/"):
        assert told() == act  # commands and schedulers
        limits.begin()
        assert told() == page
        limits.give_time()
        assert told() == act
    with app.test_request_context("/"):
        limits.begin()
        assert told() == page  # a pooled connection, told of its new limits


LONG = """months.preview months.download_digest months.close verification.verify payouts.prepare payouts.approve
 payouts.reject payouts.export payouts.record_result payouts.record_all_paid payouts.record_file
 membership.upload membership.apply membership.confirm"""


def test_closing_importing_checking_and_exporting_may_take_long(app):
    for endpoint in LONG.split():
        view = app.view_functions[endpoint]
        assert view.takes_long, endpoint
        assert rule_of(view) is not None


def test_postgresql_ends_a_statement_of_a_page_and_the_page_says_503(app, marlina, monkeypatch):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no other machine to wait for")
    monkeypatch.setitem(limits.SERVER_MILLISECONDS, "page", (50, 60_000))
    monkeypatch.setattr(
        "portal.home.views.pages.PAGES",
        {"cadre": lambda who: str(db.session.execute(text("SELECT pg_sleep(2)")))},
    )
    db.engine.dispose()

    answer = marlina.get("/")

    assert answer.status_code == 503
    assert limits._health.failed is False  # slow is not away


def test_a_stopped_server_costs_a_page_little_and_keeps_what_was_typed(app, marlina, database, caplog):
    if isinstance(database, SqliteDatabase):
        pytest.skip("SQLite is no server")
    marlina.get("/")
    url = f"/report/{new_ref()}/place/save"
    with stopped(database), caplog.at_level(logging.ERROR):
        first, waited = measured(lambda: post(marlina, url, TYPED))
        others, at_once = measured(lambda: [post(marlina, url, TYPED) for _ in range(20)])

        assert waited < PATIENCE
        assert at_once < PATIENCE  # not twenty times five seconds: requests in the queue are answered at once
        for answer in (first, *others):
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "5"
        action, fields = form_in(page_of(first))
        assert action == url
        assert {name: value for name, value in fields.items() if name != "csrf_token"} == TYPED
        assert "<b>" not in page_of(first).split("<main")[1].split("</form>")[0].replace("&lt;b&gt;", "")
    assert len(caplog.records) <= 4, [record.getMessage() for record in caplog.records]

    limits._health.next_try = 0.0
    again = marlina.post(action, data=fields)

    assert again.status_code in {302, 422}, page_of(again)
    shown = marlina.get(url.removesuffix("/save"))
    assert "Pasar &#34;10&#34; Ulu &lt;b&gt;" in page_of(shown)


def test_a_server_that_never_answers_is_given_up_and_health_says_so(database, tmp_path):
    with black_hole() as port:
        config = dataclasses.replace(
            database.app.config["PORTAL"],
            database_url=f"postgresql+psycopg://portal:x@127.0.0.1:{port}/portal",
            media=tmp_path / "media",
        )
        app = create_app(config)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = "somebody"

        answer, waited = measured(lambda: client.get("/"))
        health, asked = measured(lambda: client.get("/readyz"))

        assert (answer.status_code, health.status_code) == (503, 503)
        assert waited < PATIENCE
        assert asked < PATIENCE
        assert client.get("/healthz").status_code == 200
        with app.app_context():
            db.engine.dispose()


def test_a_locked_file_is_waited_for_and_then_said(app, marlina, database, monkeypatch):
    if isinstance(database, PostgresDatabase):
        pytest.skip("PostgreSQL has no such lock")
    monkeypatch.setitem(limits.LOCK_SECONDS, "page", 0)
    marlina.get("/")
    db.engine.dispose()
    url = f"/report/{new_ref()}/place/save"
    other = sqlite_module.connect(str(database.file))  # the same library: locks belong to the process
    other.execute("BEGIN IMMEDIATE")
    try:
        answer = post(marlina, url, TYPED)
    finally:
        other.rollback()
        other.close()

    assert answer.status_code == 503
    action, fields = form_in(page_of(answer))
    assert fields["place"] == TYPED["place"]
    assert marlina.post(action, data=fields).status_code in {302, 422}


class AwayError(Exception):
    """A driver's error."""


def fail_with(monkeypatch, problem):
    def fail(*_args, **_values):
        raise problem

    monkeypatch.setattr("portal.sessions.find_active_session", fail)
    monkeypatch.setattr("portal.accounts.views.signing_in.begin_attempt", fail)


def test_passwords_and_codes_are_never_written_into_the_page(app, client, monkeypatch):
    fail_with(monkeypatch, OperationalError("SELECT 1", {}, AwayError("server closed the connection")))

    answer = post(client, "/login", {"identifier": "marlina@contoh.test", "password": "kata-sandi-saya"})

    assert answer.status_code == 503
    assert "kata-sandi-saya" not in page_of(answer)
    assert 'name="password"' not in page_of(answer)


def test_a_program_is_answered_in_json(app, marlina, monkeypatch):
    fail_with(monkeypatch, OperationalError("SELECT 1", {}, AwayError("server closed the connection")))

    answer = marlina.get("/", headers={"Accept": "application/json"})

    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["code"] == "database_away"
    assert answer.headers["Retry-After"] == "5"


def test_a_form_of_another_site_is_not_kept(app, marlina, monkeypatch):
    fail_with(monkeypatch, OperationalError("SELECT 1", {}, AwayError("server closed the connection")))

    answer = marlina.post(f"/report/{new_ref()}/place/save", data=TYPED)  # not a token of ours

    assert answer.status_code == 400
    assert "10 Ulu" not in page_of(answer)


def test_a_fault_of_ours_is_no_outage(app, marlina, monkeypatch):
    def broken(_who):
        return str(db.session.execute(text("SELECT * FROM no_such_table")))

    monkeypatch.setattr("portal.home.views.pages.PAGES", {"cadre": broken})

    assert marlina.get("/").status_code == 500


def test_the_log_holds_one_line_per_fault_and_second_and_counts_the_rest():
    now = [100.0]
    once = OncePerSecond(lambda: now[0])

    def line(message, *args):
        return logging.LogRecord("portal", logging.ERROR, __file__, 1, message, args, None)

    assert [once.filter(line("database %s", "away")) for _ in range(1000)].count(True) == 1
    assert once.filter(line("another fault")) is True
    now[0] += 1.5
    next_line = line("database %s", "away")
    assert once.filter(next_line) is True
    assert next_line.getMessage() == "database away (999 more like it)"
