"""The audit trail is chained, tied up at each close, and compared with what was kept elsewhere."""

import json
import threading
from datetime import date, timedelta

import pytest
from cast import make_cast
from command_line import CommandLine
from earning import assign, close, sign_up
from reporting import at_once
from sqlalchemy import select, text

from portal import audit, clock
from portal.audit import AuditEvent, AuditHead, AuditTip
from portal.database.extensions import db
from portal.database.transaction import transaction
from portal.domain.actors import Signature
from portal.verification.queries import list_findings
from portal.verification.queries.trail import check_events, check_heads, check_links, compare_head, kept_head


@pytest.fixture
def cast(app):
    return make_cast()


def write(cast, act: str, *, branch=None, **details) -> None:
    with transaction():
        audit.record(
            by=Signature(cast.actor("ratna"), clock.now()),
            act=act,
            subject=audit.Subject("test", act, branch),
            details=details,
        )


def event(act: str) -> AuditEvent:
    return db.session.scalars(select(AuditEvent).where(AuditEvent.act == act)).one()


def drop_guards(app, database) -> None:
    """Open the trail for changes, as the owner of the database could."""
    from sqlalchemy import create_engine

    from portal.database.extensions import engine_options

    db.session.rollback()
    engine = create_engine(database.owner, **engine_options(database.owner))
    with engine.begin() as connection:
        for table in ("audit_events", "audit_heads", "audit_tips"):
            if engine.dialect.name == "sqlite":
                for kind in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER guard_{table}_{kind}"))
            else:
                connection.execute(text(f"DROP TRIGGER guard_{table} ON {table}"))
                connection.execute(text(f"GRANT UPDATE, DELETE ON {table} TO portal_app"))
                for key in ("event_id", "head_id"):
                    gone = f"ALTER TABLE audit_tips DROP CONSTRAINT IF EXISTS fk_audit_tips_{key}"
                    connection.execute(text(gone))
    engine.dispose()


def test_an_event_follows_the_newest_one_of_its_branch(cast):
    write(cast, "a.first", branch=cast.palembang.id)
    write(cast, "a.elsewhere", branch=cast.jayapura.id)
    write(cast, "a.second", branch=cast.palembang.id, amount=7, text="dé'ja")

    assert event("a.second").follows == event("a.first").seal
    assert event("a.elsewhere").follows != event("a.first").seal
    assert not [*check_events(), *check_links()]


def test_writers_at_the_same_moment_do_not_wait_for_each_other(app, cast, database):
    """Two open transactions of one branch: the second writes while the first has not ended."""
    if database.url.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time in any case")
    actor, branch = cast.actor("ratna"), cast.palembang.id

    def act(name: str):
        audit.record(by=Signature(actor, clock.now()), act=name, subject=audit.Subject("test", 1, branch))

    with transaction():
        act("a.waits")
        other = threading.Thread(target=lambda: _in_its_own_context(app, lambda: act("a.passes")))
        other.start()
        other.join(timeout=20)
        assert not other.is_alive()
    assert event("a.waits").follows == event("a.passes").follows
    assert not [*check_events(), *check_links()]


def _in_its_own_context(app, act) -> None:
    with app.app_context(), transaction():
        act()


def test_many_writers_at_once_fork_the_chain_and_lose_nothing(app, cast):
    actor, branch = cast.actor("ratna"), cast.palembang.id
    acts = [
        lambda n=n: audit.record(
            by=Signature(actor, clock.now()), act=f"a.{n}", subject=audit.Subject("test", n, branch)
        )
        for n in range(6)
    ]
    assert at_once(app, acts) == [None] * 6
    with transaction():
        head = audit.tie_up(at=clock.now())
    named = set(db.session.scalars(select(AuditTip.event_id).where(AuditTip.head_id == head.id)))
    followed = set(db.session.scalars(select(AuditEvent.follows)))
    assert named == {one.id for one in db.session.scalars(select(AuditEvent)) if one.seal not in followed}
    assert not [*check_events(), *check_links(), *check_heads()]


def test_a_head_names_what_is_new_and_nothing_twice(cast):
    write(cast, "a.first")
    with transaction():
        first = audit.tie_up(at=clock.now()).id
        assert audit.tie_up(at=clock.now()) is None
    write(cast, "a.second")
    with transaction():
        second = audit.tie_up(at=clock.now() + timedelta(days=2))
    tips = dict(db.session.execute(select(AuditTip.event_id, AuditTip.head_id)).all())
    assert tips == {event("a.first").id: first, event("a.second").id: second.id} | tips
    assert second.previous == db.session.get_one(AuditHead, first).head
    assert not list(check_heads())


def test_each_close_keeps_a_head(cast):
    assign(cast.palembang, "perisai-2022")
    sign_up(cast.marlina, 2, on=date(2026, 10, 12))
    close("2026-10")

    head = db.session.scalars(select(AuditHead).where(AuditHead.month == "2026-10")).one()
    assert head.last_event == event("month.closed").id
    assert [one for one in list_findings() if one.check.startswith("audit.")] == []


@pytest.mark.parametrize(
    ("change", "check", "what"),
    [
        ("UPDATE audit_events SET reason = 'x' WHERE id = {middle}", "events", "not as it was written"),
        ("UPDATE audit_events SET seal = NULL WHERE id = {last}", "events", "not as it was written"),
        ("DELETE FROM audit_events WHERE id = {middle}", "links", "missing, or not before it"),
        ("DELETE FROM audit_events WHERE id >= {middle}", "heads", "names is missing or another"),
        ("UPDATE audit_events SET id = id + 1000 WHERE id = {middle}", "links", "missing, or not before it"),
        ("DELETE FROM audit_tips WHERE event_id = {last}", "heads", "not as it was made"),
        ("DELETE FROM audit_heads WHERE month IS NULL", "heads", "not as it was made"),
    ],
)
def test_what_is_removed_edited_or_moved_is_named(app, cast, database, change, check, what):
    for number in range(4):
        write(cast, f"a.{number}")
    with transaction():
        audit.tie_up(at=clock.now())
    assign(cast.palembang, "perisai-2022")
    sign_up(cast.marlina, 2, on=date(2026, 10, 12))
    places = {"middle": event("a.2").id, "last": event("a.3").id}
    close("2026-10")
    drop_guards(app, database)
    _let_go_of_keys(database)

    db.session.execute(text(change.format(**places)))

    checks = {"events": check_events, "links": check_links, "heads": check_heads}
    findings = list(checks[check]())
    assert any(what in finding.what for finding in findings)
    db.session.rollback()


def _let_go_of_keys(database) -> None:
    """Delete rows that others refer to: at once on SQLite, on PostgreSQL with the owner's help first."""
    db.session.rollback()
    if database.url.startswith("sqlite"):
        db.session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")


@pytest.mark.slow
def test_a_head_kept_elsewhere_tells_a_rewritten_trail(cast, database, tmp_path):
    write(cast, "a.first")
    sign_up(cast.marlina, 2, on=date(2026, 10, 12))
    close("2026-10")
    db.session.rollback()
    portal, file = CommandLine(database, tmp_path / "files"), tmp_path / "head.json"
    portal.ok("verify", "--write-head", file)
    portal.ok("verify", "--head", file)
    kept = json.loads(file.read_text())
    assert kept["months"].keys() == {"2026-10"}

    kept["head"] = "0" * 64
    kept["months"]["2026-10"] = "1" * 64
    file.write_text(json.dumps(kept))
    done = portal.run("verify", "--head", file)
    assert done.exit_code == 1
    assert "the audit trail is not the one that the kept head was made of" in done.stdout
    assert "a closed month is not the one that the kept head names: 2026-10" in done.stdout
    file.write_text("no head")
    assert portal.run("verify", "--head", file).exit_code == 1


def test_a_kept_head_still_holds_after_more_was_written(cast):
    write(cast, "a.first")
    with transaction():
        audit.tie_up(at=clock.now())
    kept = kept_head()
    write(cast, "a.second")
    with transaction():
        audit.tie_up(at=clock.now())
    assert not list(compare_head(kept))
