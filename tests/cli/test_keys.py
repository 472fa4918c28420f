"""The keys: a wrong or lost one stops everything with one line; a rotation reseals everything, even if killed."""

import base64
import os
import signal
import time
from datetime import date

import pytest
from cast import make_cast
from databases import NOW
from factories import make_signup
from journeys.command_line import CommandLine
from preloaded import Started, run_portal
from sqlalchemy import LargeBinary, select, text, update

from portal import vault
from portal import vault as vault_module
from portal.accounts.models import User
from portal.activities.models import Draft
from portal.app import create_app
from portal.cadres.models import BankAccount, Cadre
from portal.cadres.queries.bank_accounts import open_account, seal_account
from portal.cli.db import migrate
from portal.config import ConfigError, read_config
from portal.database.columns import Base
from portal.database.extensions import db
from portal.keys.models import KeyCheck
from portal.keys.queries import KeyFault, sealed_columns
from portal.keys.services import check_keys, reseal_batch
from portal.membership.models import ExtractImport, Participant

OLD, NEW = b"d" * 31 + b"1", b"n" * 31 + b"2"
INDEX = b"i" * 31 + b"1"
COMMANDS = ("verify", "user list", "month status", "keys rotate", "db upgrade", "scheduler", "serve")


def text_of(*given):
    return ",".join(base64.urlsafe_b64encode(key).decode() for key in given)


@pytest.fixture
def line(app, database, tmp_path):
    return CommandLine(database, tmp_path / "instance")


@pytest.fixture
def filled(app):
    """Store one row of each kind with sealed texts, except payments, and what each should open to."""
    cast = make_cast()
    marlina = db.session.get(Cadre, cast.marlina.id)
    marlina.nik_sealed, marlina.phone_sealed = vault.seal("1671014507850003"), vault.seal("+6281277441903")
    user = db.session.get(User, cast.fahmi.id)
    user.phone_sealed = vault.seal("+6281100002222")
    digits = {"cadre_id": marlina.id, "entered_at": NOW, "bank_code": "002", "holder": "MARLINA"}
    db.session.add(
        BankAccount(
            account_sealed=seal_account("1234567890", **digits), account_hash=vault.fingerprint("account", "1234567890"),
            account_tail="7890", is_current=True, entered_by=marlina.user_id, **digits,
        )
    )  # fmt: skip
    db.session.add(
        Draft(
            ref="d-1",
            cadre_id=marlina.id,
            body_sealed=vault.seal("{}", context="d-1"),
            summary={},
            updated_at=NOW,
        )
    )
    extract = ExtractImport(
        file_name="e.csv", sha256="1" * 64, as_of=date(2026, 10, 31), status="applied", uploaded_by=user.id,
        uploaded_at=NOW, counts={}, problems=[],
    )  # fmt: skip
    db.session.add(extract)
    db.session.flush()
    db.session.add(
        Participant(
            nik_hash=vault.fingerprint("nik", "1"), name_sealed=vault.seal("SITI"), birth_date=date(1985, 7, 5),
            first_registered_on=date(2026, 10, 1), pack="JKK,JKM", branch_code="L00", status="active",
            as_of=extract.as_of, import_id=extract.id,
        )
    )  # fmt: skip
    db.session.commit()
    for _ in range(7):
        make_signup(cadre_id=marlina.id)
    return cast


def opened():
    """Open every sealed text of the database."""
    db.session.rollback()
    return sorted(one.open(row) for one in sealed_columns() for row in db.session.execute(one.rows()))


def test_every_column_of_sealed_texts_is_found_by_its_type():
    plain = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name.endswith("_sealed")
    }
    assert {one.name for one in sealed_columns()} == plain
    assert {"payouts.account_sealed", "drafts.body_sealed", "signups.nik_sealed"} <= plain


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("PORTAL_DATA_KEY", text_of(NEW), "PORTAL_DATA_KEY lacks the key"),
        ("PORTAL_INDEX_KEY", text_of(NEW), "PORTAL_INDEX_KEY is not the key"),
    ],
)
def test_a_wrong_key_stops_every_command_with_one_line(line, name, wrong, said):
    line.env[name] = wrong
    for words in COMMANDS:
        with pytest.raises(KeyFault, match=said):
            line.run(*words.split())


def test_the_line_is_all_that_a_person_sees(app, database, tmp_path):
    env = os.environ | CommandLine(database, tmp_path / "i").env | {"PORTAL_INDEX_KEY": text_of(NEW)}
    done = run_portal("verify", env=env)
    assert done.returncode == 1
    assert done.stderr.startswith("portal: PORTAL_INDEX_KEY is not the key of this database")
    assert done.stderr.count("\n") == 1


def test_readiness_tells_a_wrong_key(app, client):
    assert client.get("/readyz").json["keys"] == "ok"
    vault.configure([OLD], NEW)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ready"], answer.json["keys"]) == (503, False, "wrong")


def test_an_older_database_is_held_against_what_is_sealed_in_it(line, filled):
    db.session.execute(text("DELETE FROM key_checks"))
    db.session.commit()
    line.env["PORTAL_DATA_KEY"] = text_of(NEW)
    with pytest.raises(KeyFault, match="does not open what is sealed in"):
        line.run("user", "list")
    line.env["PORTAL_DATA_KEY"] = text_of(OLD)
    line.ok("user", "list")
    db.session.rollback()
    assert sorted(db.session.scalars(select(KeyCheck.purpose))) == ["data", "index"]


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["data.keys", "index.keys"])
def test_no_key_is_made_while_sealed_rows_exist(tmp_path, lost):
    env = {"PORTAL_ENV": "test"}
    config = read_config(env, instance=tmp_path)
    migrate(config.owner_url)
    app = create_app(config)
    with app.app_context():
        check_keys(at=NOW)
        db.session.commit()
        db.engine.dispose()
    assert read_config(env, instance=tmp_path) == config
    (tmp_path / lost).unlink()
    with pytest.raises(ConfigError, match="the database holds rows that need that key"):
        read_config(env, instance=tmp_path)
    assert not (tmp_path / lost).exists()


@pytest.mark.slow
def test_a_fresh_instance_gets_its_keys(tmp_path):
    config = read_config({"PORTAL_ENV": "test"}, instance=tmp_path)
    assert len(config.data_keys[0]) == 32
    migrate(config.owner_url)
    (tmp_path / "data.keys").unlink()
    assert read_config({"PORTAL_ENV": "test"}, instance=tmp_path).data_keys != config.data_keys


@pytest.mark.slow
def test_a_rotation_seals_every_text_anew_and_lets_the_old_key_go(line, filled):
    before = opened()
    line.env["PORTAL_DATA_KEY"] = text_of(NEW, OLD)
    shown = line.ok("keys", "rotate", "--batch", "3").output
    assert f"{len(before)} texts sealed anew" in shown
    assert "PORTAL_DATA_KEY may hold its first key alone" in shown

    line.env["PORTAL_DATA_KEY"] = text_of(NEW)
    line.ok("user", "list")
    assert "0 texts sealed anew" in line.ok("keys", "rotate").output
    vault.configure([NEW], INDEX)
    assert opened() == before
    account = db.session.scalars(select(BankAccount)).one()
    assert open_account(account) == "1234567890"


def test_the_old_key_is_needed_until_then(line, filled):
    line.env["PORTAL_DATA_KEY"] = text_of(NEW, OLD)
    line.ok("user", "list")
    line.env["PORTAL_DATA_KEY"] = text_of(NEW)
    with pytest.raises(KeyFault, match="until portal keys rotate has run"):
        line.run("user", "list")


def test_a_rotation_leaves_the_guards_as_they_were(app, line, filled, database):
    def guards():
        db.session.rollback()
        if db.engine.dialect.name == "sqlite":
            found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        else:
            found = "SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 3"
        return db.session.execute(text(found)).all()

    before = guards()
    line.env["PORTAL_DATA_KEY"] = text_of(NEW, OLD)
    line.ok("keys", "rotate", "--batch", "2")
    assert guards() == before


def test_what_another_changed_meanwhile_is_not_written_over(app, filled):
    one = next(one for one in sealed_columns() if one.name == "cadres.phone_sealed")
    vault.configure([NEW, OLD], INDEX)
    fresh = vault.seal("+6281200000000")
    read = vault_module.seal

    def meanwhile(*given, **named):
        db.session.execute(update(Cadre).values(phone_sealed=fresh))
        return read(*given, **named)

    vault_module.seal = meanwhile
    try:
        reseal_batch(one, after=None)
    finally:
        vault_module.seal = read
    assert (
        vault.unseal(
            db.session.scalars(select(Cadre.phone_sealed).where(Cadre.phone_sealed.is_not(None))).first()
        )
        == "+6281200000000"
    )


@pytest.mark.slow
def test_a_text_under_a_key_that_is_not_given_is_named_by_verify(line, filled):
    vault.configure([NEW], INDEX)
    foreign = vault.seal("SITI")
    db.session.execute(update(Participant).values(name_sealed=foreign))
    db.session.commit()
    shown = line.run("verify")
    assert shown.exit_code == 1
    assert "keys.sealed: sealed texts need a key that is not in PORTAL_DATA_KEY" in shown.output


def test_a_process_that_still_seals_with_the_old_key_is_told_of(line, filled, monkeypatch):
    line.env["PORTAL_DATA_KEY"] = text_of(NEW, OLD)
    monkeypatch.setattr("portal.cli.keys.reseal_batch", lambda one, *, after, limit: (after, 0))
    shown = line.run("keys", "rotate")
    assert shown.exit_code == 1
    assert "still under older keys" in shown.output


@pytest.mark.slow
def test_a_rotation_killed_at_any_moment_goes_on_where_it_was(app, line, filled, tmp_path):
    marlina = filled.marlina.id
    for _ in range(40):
        make_signup(cadre_id=marlina)
    before, killed = opened(), 0
    db.session.remove()
    db.engine.dispose()
    env = os.environ | line.env | {"PORTAL_DATA_KEY": text_of(NEW, OLD)}
    for attempt in range(40):
        (said := tmp_path / f"said-{attempt}").touch()
        run = Started("keys", "rotate", "--batch", "1", env=env, out=tmp_path / "out", err=said)
        while run.poll() is None and "\n" not in said.read_text():
            time.sleep(0.005)
        if run.poll() is None:
            time.sleep(0.05 * killed)
            os.kill(run.pid, signal.SIGKILL)
        done = run.wait(60)
        if done == 0:
            break
        assert done == -signal.SIGKILL
        killed += 1
        vault.configure([NEW, OLD], INDEX)
        assert opened() == before
        db.session.remove()
        db.engine.dispose()

    assert killed >= 2
    vault.configure([NEW], INDEX)
    assert opened() == before
