"""Production starts only in a sound environment, and portal check says what is wrong, one line each."""

import base64
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from factories import make_user
from preloaded import run_portal
from sqlalchemy import text, update

from portal import clock, vault
from portal.accounts.models import User
from portal.cli.check import is_open_to_others, list_start_faults, refuse_unsound
from portal.config import ConfigError, read_config
from portal.database.extensions import db
from portal.faults import list_faults
from portal.keys.services import check_keys


def key_of(seed):
    return base64.urlsafe_b64encode(hashlib.sha256(seed.encode()).digest()).decode()


@pytest.fixture
def sound(app, database, tmp_path):
    """The environment of a production that starts, with new keys that the tests' database has recorded."""
    folder = tmp_path / "place"
    folder.mkdir(mode=0o700)
    (folder / "media").mkdir(mode=0o700)
    env = {
        "PORTAL_ENV": "production",
        "PORTAL_DATABASE_URL": database.url,
        "PORTAL_DATABASE_OWNER_URL": database.owner,
        "PORTAL_ALLOW_SQLITE": "1" if database.url.startswith("sqlite") else "",
        "PORTAL_SECRET_KEY": "k3Jd9s0fLq2mZx8vB7nT1yRw5uEo4iPa",
        "PORTAL_DATA_KEY": key_of("data"),
        "PORTAL_INDEX_KEY": key_of("index"),
        "PORTAL_MEDIA": str(folder / "media"),
        "PORTAL_BASE_URL": "https://kader.contoh.go.id",
        "PORTAL_PROXIES": "1",
        "PORTAL_INSTANCE": str(folder),
    }
    db.session.execute(text("DELETE FROM key_checks"))
    vault.configure(
        [base64.urlsafe_b64decode(env["PORTAL_DATA_KEY"])], base64.urlsafe_b64decode(env["PORTAL_INDEX_KEY"])
    )
    check_keys(at=clock.now())
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    if database.url.startswith("sqlite"):
        Path(database.url.split("///")[1]).chmod(0o600)
    return env


def check(env, *words):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return run_portal(*(words or ("check",)), env=clean | env)


@pytest.mark.slow
def test_a_sound_place_starts_and_says_so(sound):
    done = check(sound)
    assert (done.returncode, done.stderr) == (0, "Production would start.\n")
    report = json.loads(check(sound, "check", "--json").stdout)
    assert report["ok"]
    assert not any(one["stops"] for one in report["faults"])


@pytest.mark.slow
def test_a_fresh_machine_is_told_everything_at_once(tmp_path):
    done = check({"PORTAL_INSTANCE": str(tmp_path)})
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    for start in (
        "default: PORTAL_ENV", "missing: PORTAL_DATABASE_URL", "missing: PORTAL_SECRET_KEY", "missing: PORTAL_DATA_KEY",
        "missing: PORTAL_INDEX_KEY", "missing: PORTAL_BASE_URL", "missing: PORTAL_MEDIA", "default: PORTAL_PROXIES",
    ):  # fmt: skip
        assert sum(line.startswith(start + " ") for line in lines) == 1, start


def test_no_secret_stands_in_a_line(sound):
    weak = "portal-kader-rahasia-produksi-2026"
    done = check(
        sound | {"PORTAL_SECRET_KEY": weak, "PORTAL_DATA_KEY": base64.b64encode(weak[:32].encode()).decode()}
    )
    assert done.returncode == 1
    assert weak not in done.stdout + done.stderr
    assert "dangerous: PORTAL_SECRET_KEY" in done.stdout
    assert "dangerous: PORTAL_DATA_KEY" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("scheduler",)])
def test_neither_process_starts_over_active_demo_accounts(app, sound, words):
    make_user(email="ratna@demo.test", role="admin", password="kader-demo-2026")
    db.session.remove()
    db.engine.dispose()
    done = check(sound, *words)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("portal: demo accounts: 1 demo accounts can sign in")

    db.session.execute(update(User).values(is_active=False))
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    assert check(sound).returncode == 0


def production(app, sound, **changes):
    return replace(app.config["PORTAL"], env="production", media=Path(sound["PORTAL_MEDIA"]), **changes)


def test_a_login_that_may_drop_the_guards_is_refused(app, database, sound, monkeypatch):
    if database.url.startswith("sqlite"):
        pytest.skip("SQLite has no logins")
    monkeypatch.setenv("PORTAL_INSTANCE", sound["PORTAL_INSTANCE"])
    good = production(app, sound, data_keys=(base64.urlsafe_b64decode(sound["PORTAL_DATA_KEY"]),),
                      index_key=base64.urlsafe_b64decode(sound["PORTAL_INDEX_KEY"]))  # fmt: skip
    assert list_start_faults(good) == []
    with pytest.raises(ConfigError, match=r"PORTAL_DATABASE_URL signs in as .* is a superuser"):
        refuse_unsound(replace(good, database_url=database.owner))
    login = database.login
    for grant, revoke, said in (
        (f"ALTER ROLE {login} CREATEROLE", f"ALTER ROLE {login} NOCREATEROLE", "may make roles"),
        (
            f"ALTER TABLE drafts OWNER TO {login}",
            f"ALTER TABLE drafts OWNER TO {owner_of(database)}",
            "owns tables",
        ),
    ):
        as_owner(database, grant)
        try:
            with pytest.raises(ConfigError, match=said):
                refuse_unsound(good)
        finally:
            as_owner(database, revoke)
    refuse_unsound(good)


def as_owner(database, statement):
    import psycopg

    with psycopg.connect(database.owner.replace("+psycopg", ""), autocommit=True) as connection:
        return connection.execute(statement)


def owner_of(database):
    return as_owner(database, "SELECT 1") and database.owner.split("://")[1].split(":")[0].split("@")[0]


def test_what_every_account_of_the_machine_can_read_is_refused(sound, database):
    folder = Path(sound["PORTAL_INSTANCE"])
    for parent in (folder, folder / "media"):
        parent.chmod(0o755)
    (folder / "data.keys").write_text("x")
    (folder / "data.keys").chmod(0o644)
    if is_open_to_others(folder):
        done = check(sound)
        assert done.returncode == 1
        assert "dangerous: PORTAL_MEDIA" in done.stdout
        assert "dangerous: secret file:" in done.stdout
    folder.chmod(0o700)
    assert not is_open_to_others(folder / "media")
    assert check(sound).returncode == 0


def test_secret_files_are_looked_for_where_the_settings_keep_them(sound, tmp_path, monkeypatch):
    looked_for = []
    monkeypatch.setattr("portal.cli.check.is_open_to_others", looked_for.append)
    monkeypatch.setattr("portal.config.PROJECT", tmp_path / "project")
    monkeypatch.chdir(tmp_path)
    del sound["PORTAL_INSTANCE"]

    assert list_start_faults(read_config(sound)) == []

    assert tmp_path / "project" / "instance" / "data.keys" in looked_for


def test_a_file_counts_as_open_only_if_the_folders_above_let_others_through(tmp_path, monkeypatch):
    import stat

    modes = {}
    real = Path.stat

    def pretend(self, **named):
        found = list(real(self, **named))
        found[0] = modes.get(self.name, stat.S_IFDIR | 0o755)
        return os.stat_result(found)

    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "file").write_text("x")
    monkeypatch.setattr(Path, "stat", pretend)
    modes["file"] = stat.S_IFREG | 0o644
    assert is_open_to_others(tmp_path / "inner" / "file")
    modes["file"] = stat.S_IFREG | 0o640
    assert not is_open_to_others(tmp_path / "inner" / "file")
    modes |= {"file": stat.S_IFREG | 0o644, "inner": stat.S_IFDIR | 0o750}
    assert not is_open_to_others(tmp_path / "inner" / "file")


def test_wrong_keys_and_a_database_out_of_reach_are_named(sound, tmp_path):
    done = check(sound | {"PORTAL_INDEX_KEY": key_of("other")})
    assert done.returncode == 1
    assert "dangerous: PORTAL_INDEX_KEY is not the key of this database" in done.stdout
    done = check(sound | {"PORTAL_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/nothing"})
    assert done.returncode == 1
    assert "dangerous: PORTAL_DATABASE_URL names a database that is unreachable" in done.stdout


def test_outside_production_nothing_is_asked(app):
    refuse_unsound(app.config["PORTAL"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_TRUSTED_HOSTS", "*"),
        ("PORTAL_CLOCK", "2026-11-22"),
        ("PORTAL_DEMO", "1"),
        ("FLASK_DEBUG", "1"),
    ],
)
def test_a_dangerous_setting_stops(name, value):
    assert [one.setting for one in list_faults({name: value}) if one.kind == "dangerous" and one.stops] == [
        name
    ]
