"""Stored files stay in their folder, and are complete or not there."""

import os
import stat

import pytest

from portal import storage
from portal.domain.errors import NotFound


@pytest.fixture(autouse=True)
def folder(tmp_path):
    before = storage._store.root
    storage.configure(tmp_path / "media")
    yield tmp_path / "media"
    storage._store.root = before


def test_a_saved_file_is_read_again_until_it_is_deleted(folder):
    name = storage.save(b"photo", kind="photos", suffix=".jpg")
    assert storage.open_bytes(name) == b"photo"
    assert name.endswith(".jpg")
    assert len(name) <= 80
    assert storage.path_of(name).is_relative_to(folder)
    storage.delete(name)
    storage.delete(name)
    with pytest.raises(NotFound):
        storage.open_bytes(name)


def test_names_are_random_and_nobody_else_reads_them(folder):
    names = {storage.save(b"x", kind="photos") for _ in range(20)}
    assert len(names) == 20
    for name in names:
        assert stat.S_IMODE(storage.path_of(name).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "name",
    [
        "", "/", "..", "../../x.jpg", "photos/../../etc/passwd", "/etc/passwd", "photos/ab/../../../x", "x.php.jpg",
        "CON.jpg", "photos\\ab\\x", "photos/ab/" + "a" * 300, "photos/ab/" + "a" * 32 + "\n", "photos/ab/" + "a" * 32 + "\0",
        "photos/ab/.partial-x", "%2e%2e/x", "photos/AB/" + "a" * 32,
    ],
)  # fmt: skip
def test_strange_names_are_not_found(name):
    for act in (storage.path_of, storage.open_bytes, storage.delete):
        with pytest.raises(NotFound):
            act(name)


def test_a_link_out_of_the_folder_is_not_followed(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / ("ab" + "c" * 30)).write_bytes(b"secret")
    (folder / "photos").mkdir()
    (folder / "photos" / "ab").symlink_to(outside)
    with pytest.raises(NotFound):
        storage.open_bytes("photos/ab/ab" + "c" * 30)


def test_a_failed_write_leaves_nothing(folder, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        storage.save(b"x", kind="photos")
    assert [path for path in folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("kind", "suffix"), [("../x", ""), ("Photos", ""), ("", ""), ("photos", "jpg"), ("photos", "./x")]
)
def test_kinds_and_suffixes_are_words(kind, suffix):
    with pytest.raises(ValueError, match="short word"):
        storage.save(b"x", kind=kind, suffix=suffix)


def test_an_unset_folder_says_so():
    storage._store.root = None
    with pytest.raises(RuntimeError, match="configure"):
        storage.save(b"x", kind="photos")
