"""The digest of a month does not depend on the host's time zone and locale, nor on the order of rows in files."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

CHILD = Path(__file__).with_name("digest_child.py")
SWEDISH = "sv_SE.UTF-8"  # sorts ä and ö after z, and A beside a
HOSTS = (("UTC", "C"), ("Asia/Jayapura", SWEDISH), ("America/Los_Angeles", SWEDISH))
FOUND: set[str] = set()


def _has_swedish() -> bool:
    return "sv_SE.utf8" in subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout


def _empty(database, folder: Path, name: str, locale: str) -> str:
    """Make an empty database, on PostgreSQL one that sorts by the locale; return its address."""
    if database.url.startswith("sqlite"):
        return f"sqlite:///{folder / name}.db"
    full = f"portal_digest_{os.getpid()}_{name}"
    with psycopg.connect(database.admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {full} WITH (FORCE)")
        connection.execute(
            f"CREATE DATABASE {full} TEMPLATE template0 LC_COLLATE '{locale}' LC_CTYPE '{locale}'"
        )
        connection.execute(f"ALTER DATABASE {full} SET timezone = 'Pacific/Auckland'")
    return database._url(full)


@pytest.mark.slow
@pytest.mark.parametrize(("zone", "locale"), HOSTS)
def test_a_month_has_the_same_digest_on_every_host(database, tmp_path, zone, locale):
    if locale == SWEDISH and not _has_swedish():
        assert not os.environ.get("CI"), "the locale is installed by .ci/tools"
        locale = "C.UTF-8"
    address = _empty(database, tmp_path, zone.split("/")[-1].lower(), locale)
    env = os.environ | {"TZ": zone, "LC_ALL": locale, "LANG": locale, "PYTHONHASHSEED": str(len(zone))}

    done = subprocess.run(
        [sys.executable, str(CHILD), address, str(tmp_path / "files"), zone],
        env=env,
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    FOUND.add(done.stdout.strip())
    assert len(FOUND) == 1
