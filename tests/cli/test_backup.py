"""A backup contains what was acknowledged before it began, and is restored completely or not at all."""

import dataclasses
import sqlite3
import tarfile

import pytest

from portal.cli.backup import write_backup
from portal.cli.restore import read_backup
from portal.config import read_config
from portal.domain.errors import RuleBroken


@pytest.fixture
def instance(tmp_path):
    config = read_config({"PORTAL_ENV": "test"}, instance=tmp_path / "one")
    connection = sqlite3.connect(tmp_path / "one" / "portal.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE reports (id INTEGER)")
    connection.execute("INSERT INTO reports VALUES (42)")
    connection.commit()
    (config.media / "ab").mkdir(parents=True)
    (config.media / "ab" / "photo.jpg").write_bytes(b"photo")
    yield config
    connection.close()


def _empty_like(config, tmp_path):
    config = dataclasses.replace(
        config, database_url=f"sqlite:///{tmp_path / 'two' / 'portal.db'}", media=tmp_path / "two" / "media"
    )
    (tmp_path / "two").mkdir(exist_ok=True)
    return config


def test_a_backup_comes_back_with_rows_still_in_the_log_and_with_media(instance, tmp_path):
    assert write_backup(instance, tmp_path / "copy.tar.gz") == 1

    two = _empty_like(instance, tmp_path)
    assert read_backup(two, tmp_path / "copy.tar.gz") == 1

    restored = sqlite3.connect(tmp_path / "two" / "portal.db")
    assert restored.execute("SELECT id FROM reports").fetchall() == [(42,)]
    assert (two.media / "ab" / "photo.jpg").read_bytes() == b"photo"


def test_a_restore_into_a_filled_instance_is_refused(instance, tmp_path):
    write_backup(instance, tmp_path / "copy.tar.gz")

    with pytest.raises(RuleBroken, match=r"backup\.not_empty"):
        read_backup(instance, tmp_path / "copy.tar.gz")


def test_a_cut_archive_is_refused_and_leaves_the_instance_empty(instance, tmp_path):
    write_backup(instance, tmp_path / "copy.tar.gz")
    whole = (tmp_path / "copy.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])

    two = _empty_like(instance, tmp_path)
    with pytest.raises(RuleBroken, match=r"backup\.unreadable"):
        read_backup(two, tmp_path / "cut.tar.gz")
    assert not (tmp_path / "two" / "portal.db").exists()


def test_an_archive_of_other_keys_is_refused(instance, tmp_path):
    write_backup(instance, tmp_path / "copy.tar.gz")

    other = dataclasses.replace(_empty_like(instance, tmp_path), index_key=b"z" * 32)
    with pytest.raises(RuleBroken, match=r"backup\.other_keys"):
        read_backup(other, tmp_path / "copy.tar.gz")


def test_the_keys_are_not_in_the_archive(instance, tmp_path):
    write_backup(instance, tmp_path / "copy.tar.gz")

    with tarfile.open(tmp_path / "copy.tar.gz") as archive:
        assert sorted(archive.getnames()) == ["manifest.json", "media/ab/photo.jpg", "portal.db"]
