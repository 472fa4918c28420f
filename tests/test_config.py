"""A missing or dangerous setting stops a production start with one clear line."""

import base64
import hashlib
import threading
from dataclasses import replace

import pytest
from flask import request

from portal.app import create_app
from portal.config import ConfigError, _kept, read_config


def _key(byte: int) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(bytes([byte])).digest()).decode()


GOOD = {
    "PORTAL_ENV": "production",
    "PORTAL_DATABASE_URL": "postgresql+psycopg://portal@db/portal",
    "PORTAL_SECRET_KEY": "k3Jd9s0fLq2mZx8vB7nT1yRw5uEo4iPa",
    "PORTAL_DATA_KEY": _key(1),
    "PORTAL_INDEX_KEY": _key(99),
    "PORTAL_MEDIA": "media",
    "PORTAL_BASE_URL": "https://kader.contoh.go.id",
}


def test_good_settings_are_read(tmp_path):
    config = read_config(GOOD, instance=tmp_path)

    assert config.production
    assert config.secure_cookies
    assert "kader.contoh.go.id" in config.trusted_hosts


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("PORTAL_DATABASE_URL", "", "PORTAL_DATABASE_URL"),
        ("PORTAL_SECRET_KEY", "", "PORTAL_SECRET_KEY"),
        ("PORTAL_SECRET_KEY", "secret", "PORTAL_SECRET_KEY"),
        ("PORTAL_DATA_KEY", "", "PORTAL_DATA_KEY"),
        ("PORTAL_DATA_KEY", "c2hvcnQ=", "PORTAL_DATA_KEY"),
        ("PORTAL_DATA_KEY", base64.urlsafe_b64encode(b"a" * 32).decode(), "PORTAL_DATA_KEY"),
        ("PORTAL_INDEX_KEY", "", "PORTAL_INDEX_KEY"),
        ("PORTAL_INDEX_KEY", _key(1), "PORTAL_INDEX_KEY"),
        ("PORTAL_MEDIA", "", "PORTAL_MEDIA"),
        ("PORTAL_BASE_URL", "", "PORTAL_BASE_URL"),
        ("PORTAL_BASE_URL", "http://kader.contoh.go.id", "PORTAL_BASE_URL"),
        ("PORTAL_CLOCK", "2026-11-22T08:00:00+07:00", "PORTAL_CLOCK"),
        ("PORTAL_DEMO", "1", "PORTAL_DEMO"),
        ("FLASK_DEBUG", "1", "FLASK_DEBUG"),
        ("PORTAL_SECRET_KEY", "portal-kader-rahasia-produksi-2026", "PORTAL_SECRET_KEY"),
        ("PORTAL_SECRET_KEY", "0123456789abcdef" * 4, "PORTAL_SECRET_KEY"),
        ("PORTAL_DATA_KEY", base64.urlsafe_b64encode(bytes(range(32))).decode(), "PORTAL_DATA_KEY"),
        (
            "PORTAL_INDEX_KEY",
            base64.urlsafe_b64encode(b"kunci rahasia portal kader 2026!").decode(),
            "INDEX_KEY",
        ),
        ("PORTAL_TRUSTED_HOSTS", "*", "PORTAL_TRUSTED_HOSTS"),
        ("PORTAL_TRUSTED_HOSTS", "kader.contoh.go.id,*.contoh.go.id", "PORTAL_TRUSTED_HOSTS"),
        ("PORTAL_ENV", "prod", "PORTAL_ENV"),
    ],
)
def test_a_bad_setting_stops_a_production_start_and_is_named(tmp_path, name, value, named):
    with pytest.raises(ConfigError, match=named):
        read_config(GOOD | {name: value}, instance=tmp_path)


def test_outside_production_missing_keys_are_made_once_and_kept(tmp_path):
    first = read_config({}, instance=tmp_path)
    second = read_config({}, instance=tmp_path)

    assert first.data_keys == second.data_keys
    assert first.index_key not in first.data_keys
    assert first.secret_key == second.secret_key


def test_a_bare_postgresql_address_gets_the_driver(tmp_path):
    given = {
        "PORTAL_DATABASE_URL": "postgresql://portal@db/portal",
        "PORTAL_DATABASE_OWNER_URL": "postgres://owner@db/portal",
        "PORTAL_DATA_KEY": _key(1),
        "PORTAL_INDEX_KEY": _key(99),
    }
    config = read_config(given, instance=tmp_path)

    assert config.database_url == "postgresql+psycopg://portal@db/portal"
    assert config.owner_url == "postgresql+psycopg://owner@db/portal"


@pytest.mark.parametrize("name", ["PORTAL_DATABASE_URL", "PORTAL_DATABASE_OWNER_URL"])
def test_a_database_that_is_neither_sqlite_nor_postgresql_is_refused_by_name(tmp_path, name):
    with pytest.raises(ConfigError, match=name):
        read_config({name: "mysql://portal@db/portal"}, instance=tmp_path)


def test_the_number_of_proxies_before_the_portal_is_read(tmp_path):
    assert read_config(GOOD, instance=tmp_path).proxies == 0
    assert read_config(GOOD | {"PORTAL_PROXIES": "1"}, instance=tmp_path).proxies == 1
    with pytest.raises(ConfigError, match="PORTAL_PROXIES"):
        read_config(GOOD | {"PORTAL_PROXIES": "many"}, instance=tmp_path)


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "2.2.2.2")])
def test_only_what_the_own_proxy_adds_to_the_address_is_believed(app, tmp_path, proxies, seen):
    config = replace(app.config["PORTAL"], proxies=proxies, database_url=f"sqlite:///{tmp_path / 'x.db'}")
    behind = create_app(config)
    behind.before_request_funcs.clear()
    behind.view_functions["home.healthz"] = lambda: request.remote_addr or ""

    answer = behind.test_client().get("/healthz", headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2"})

    assert answer.text == seen


def test_processes_that_begin_at_once_keep_one_whole_secret(tmp_path):
    barrier, found = threading.Barrier(16), []

    def begin(number):
        barrier.wait()
        found.append(_kept(tmp_path, "vapid.key", f"{number:044}"))

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert len(found[0]) == 44
    assert [path.name for path in tmp_path.iterdir()] == ["vapid.key"]
    assert (tmp_path / "vapid.key").stat().st_mode & 0o777 == 0o600
