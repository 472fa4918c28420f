"""An encrypted backup opens only for its key or passphrase; the portal's files are readable by its account only."""

import dataclasses
import os
import sqlite3
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner

from portal.cli.archive import ForRecipients, UnderPassphrase
from portal.cli.backup import command as backup
from portal.cli.backup import write_backup
from portal.cli.restore import command as restore
from portal.cli.restore import read_backup
from portal.config import read_config
from portal.domain.errors import RuleBroken

pytestmark = [pytest.mark.slow]

PORTAL = str(Path(sys.executable).with_name("portal"))
PASSPHRASE = "empat kuda makan di sawah"


@pytest.fixture
def instance(tmp_path):
    config = read_config({"PORTAL_ENV": "test"}, instance=tmp_path / "one")
    with sqlite3.connect(tmp_path / "one" / "portal.db") as connection:
        connection.execute("CREATE TABLE reports (words TEXT)")
        connection.execute("INSERT INTO reports VALUES ('kata yang dicari')")
    connection.close()
    (config.media / "photo" / "ab").mkdir(parents=True)
    (config.media / "photo" / "ab" / "one.jpg").write_bytes(b"photo" * 100_000)
    return config


@pytest.fixture
def empty(instance, tmp_path):
    (tmp_path / "two").mkdir()
    url, media = f"sqlite:///{tmp_path / 'two' / 'portal.db'}", tmp_path / "two" / "media"
    return dataclasses.replace(instance, database_url=url, media=media)


@pytest.fixture
def key():
    return pyrage.x25519.Identity.generate()


def rows_of(config):
    connection = sqlite3.connect(config.database_url.removeprefix("sqlite:///"))
    try:
        return connection.execute("SELECT words FROM reports").fetchall()
    finally:
        connection.close()


def test_a_backup_for_a_recipient_opens_with_its_identity_and_with_no_other(instance, empty, key, tmp_path):
    file = tmp_path / "copy.age"
    write_backup(instance, file, ForRecipients([str(key.to_public())]))

    assert not tarfile.is_tarfile(file)
    with pytest.raises(RuleBroken, match=r"backup\.needs_identity"):
        read_backup(empty, file)
    with pytest.raises(RuleBroken, match=r"backup\.wrong_key"):
        read_backup(empty, file, identities=[str(pyrage.x25519.Identity.generate())])
    assert not (tmp_path / "two" / "portal.db").exists()

    assert read_backup(empty, file, identities=[str(key)]) == 1
    assert rows_of(empty) == [("kata yang dicari",)]
    assert (empty.media / "photo" / "ab" / "one.jpg").read_bytes() == b"photo" * 100_000


def test_the_age_library_itself_opens_a_backup_for_a_recipient(instance, key, tmp_path):
    write_backup(instance, tmp_path / "copy.age", ForRecipients([str(key.to_public())]))

    pyrage.decrypt_file(str(tmp_path / "copy.age"), str(tmp_path / "copy.tar.gz"), [key])

    with tarfile.open(tmp_path / "copy.tar.gz") as archive:
        assert sorted(archive.getnames()) == ["manifest.json", "media/photo/ab/one.jpg", "portal.db"]


def test_a_backup_under_a_passphrase_opens_with_it_and_with_no_other(instance, empty, tmp_path):
    file = tmp_path / "copy.age"
    write_backup(instance, file, UnderPassphrase(PASSPHRASE))

    with pytest.raises(RuleBroken, match=r"backup\.needs_passphrase"):
        read_backup(empty, file)
    with pytest.raises(RuleBroken, match=r"backup\.wrong_key"):
        read_backup(empty, file, passphrase=PASSPHRASE + "!")
    assert read_backup(empty, file, passphrase=PASSPHRASE) == 1
    assert rows_of(empty) == [("kata yang dicari",)]


@pytest.mark.parametrize("harm", ["cut", "altered"])
def test_an_encrypted_backup_that_was_harmed_leaves_the_instance_empty(instance, empty, key, tmp_path, harm):
    file = tmp_path / "copy.age"
    write_backup(instance, file, ForRecipients([str(key.to_public())]))
    whole = bytearray(file.read_bytes())
    if harm == "cut":
        del whole[-200:]
    else:
        whole[-200] ^= 1
    file.write_bytes(whole)

    with pytest.raises(RuleBroken, match=r"backup\.unreadable"):
        read_backup(empty, file, identities=[str(key)])
    assert list((tmp_path / "two").iterdir()) == []


def test_nothing_readable_stands_in_an_encrypted_backup(instance, key, tmp_path):
    for name, sealing in {
        "r": ForRecipients([str(key.to_public())]),
        "p": UnderPassphrase(PASSPHRASE),
    }.items():
        write_backup(instance, tmp_path / name, sealing)
        written = (tmp_path / name).read_bytes()
        assert b"portal.db" not in written
        assert b"\x1f\x8b\x08\x00" not in written[:4096]
        assert str(key).encode() not in written


def test_keys_that_are_none_are_bad_usage_and_write_nothing(tmp_path):
    (tmp_path / "short").write_text("pendek\n")
    (tmp_path / "long").write_text(PASSPHRASE + "\n")
    (tmp_path / "identity").write_text("# created: today\nAGE-SECRET-KEY-1NONE\n")
    target = tmp_path / "copy.age"
    target.write_bytes(b"")
    wrong = [
        (backup, [str(target), "--recipient", "age1none"]),
        (backup, [str(target), "--passphrase-file", str(tmp_path / "short")]),
        (backup, [str(target), "--passphrase-file", str(tmp_path / "long"), "--recipient", "age1none"]),
        (restore, [str(target), "--passphrase-file", str(tmp_path / "short")]),
        (restore, [str(target), "--identity", str(tmp_path / "long")]),
    ]
    for command, words in wrong:
        answer = CliRunner().invoke(command, words)
        assert answer.exit_code == 2, (words, answer.output)
        assert "Error: " in answer.output
    assert target.read_bytes() == b""


def run(folder, *words, **more):
    """Run a command under an account whose files are readable by everybody by default."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    env |= {"PORTAL_ENV": "test", "PORTAL_INSTANCE": str(folder)} | more
    words = ["/bin/sh", "-c", 'umask 022; exec "$0" "$@"', PORTAL, *words]
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def open_to_others(folder):
    return [str(path) for path in [folder, *folder.rglob("*")] if stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_database_media_secrets_backup_and_restore_are_readable_by_the_own_account_only(tmp_path, key):
    one, two = tmp_path / "one", tmp_path / "two"
    run(one, "db", "upgrade")
    assert (one / "portal.db").exists()
    assert open_to_others(one) == []
    folder = one / "media" / "photo" / "ab"
    folder.mkdir(parents=True)
    (folder / "loose.jpg").write_bytes(b"photo")
    (folder / "loose.jpg").chmod(0o644)
    (tmp_path / "identity").write_text(f"# a comment\n{key}\n")

    said = run(one, "backup", str(tmp_path / "copy.age"), "--recipient", str(key.to_public()))

    assert said.endswith("copy.age, encrypted.\n")
    assert open_to_others(tmp_path / "copy.age") == []
    two.mkdir(mode=0o700)
    for name in ("data.keys", "index.keys", "data.key", "index.key", "secret.key"):
        if (one / name).exists():
            (two / name).write_bytes((one / name).read_bytes())
            (two / name).chmod(0o600)
    run(two, "restore", str(tmp_path / "copy.age"), "--identity", str(tmp_path / "identity"))
    assert (two / "media" / "photo" / "ab" / "loose.jpg").read_bytes() == b"photo"
    assert open_to_others(two) == []
