"""A full disk is reported: one clear line, one clear page, and nothing half-written remains.

A tiny tmpfs is mounted where that is allowed; /dev/full and SQLite's own page limit do the same for everybody.
"""

import contextlib
import errno
import io
import os
import subprocess
import tempfile

import pytest
from cast import make_cast
from outages import form_in
from PIL import Image
from preloaded import run_portal
from reporting import new_ref
from signing_in import post, sign_in
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portal import storage
from portal.database.extensions import db
from portal.tables.writing import write_table
from portal.web.outages import is_full, is_outage


@pytest.fixture
def tiny_disk(tmp_path):
    """A folder on a disk of 64 KB; skipped where nothing may be mounted."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    with contextlib.suppress(OSError):
        if subprocess.run(words, capture_output=True, check=False).returncode == 0:
            yield folder
            subprocess.run(["umount", str(folder)], check=True)
            return
    pytest.skip("nothing may be mounted here; /dev/full stands in for it")


@pytest.fixture
def no_room(monkeypatch):
    """Put every new file of storage and exports on a device that is always full."""

    def make(*_args, **_options):
        _handle, name = real(*_args, **_options)
        os.close(_handle)
        return os.open("/dev/full", os.O_RDWR), name

    real = tempfile.mkstemp
    monkeypatch.setattr(tempfile, "mkstemp", make)


def photo():
    out = io.BytesIO()
    Image.effect_noise((400, 300), 80).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


def add_photo(client, ref):
    data = {"photos": (io.BytesIO(photo()), "pasar.jpg"), "act": "next"}
    return post(client, f"/report/{ref}/photos/add", data, content_type="multipart/form-data")


def says_full(answer):
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "Penyimpanan portal penuh" in page
    assert "Traceback" not in page
    return page


def test_a_photo_that_finds_no_room_is_told_and_leaves_nothing(app, client, no_room):
    sign_in(client, make_cast().marlina)
    ref = new_ref()

    page = says_full(add_photo(client, ref))

    assert "pasar.jpg" in page  # has to be chosen again
    assert not [path for path in storage.root().rglob("*") if path.is_file() and "partial" in path.name]
    assert db.session.execute(text("SELECT count(*) FROM photos")).scalar_one() == 0


def test_a_photo_on_a_really_full_disk_is_told_and_leaves_nothing(app, client, tiny_disk):
    sign_in(client, make_cast().marlina)
    storage.configure(tiny_disk / "media")
    (tiny_disk / "filling").write_bytes(b"x" * 30_000)

    says_full(add_photo(client, new_ref()))

    assert [path.name for path in tiny_disk.rglob("*") if path.is_file()] == ["filling"]


def test_a_database_file_without_room_says_so_and_keeps_what_was_typed(app, client, database):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's answer is in the next test")
    sign_in(client, make_cast().marlina)
    url, typed = f"/report/{new_ref()}/people/save", {"attendance": "24", "notes": "x" * 60_000}
    from sqlalchemy import event

    def keep_small(connection, _record, _proxy):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(db.engine, "checkout", keep_small)
    try:
        answer = post(client, url, typed)
    finally:
        event.remove(db.engine, "checkout", keep_small)
        db.engine.dispose()

    page = says_full(answer)
    assert form_in(page)[1]["notes"] == typed["notes"]
    assert post(client, url, typed).status_code == 422  # taken again: the notes are too long, and kept


def test_postgresql_without_room_is_an_outage_that_says_full():
    from psycopg.errors import DiskFull

    problem = OperationalError("INSERT", {}, DiskFull("could not extend file: No space left on device"))

    assert is_outage(problem)
    assert is_full(problem)


@pytest.mark.parametrize("name", ["ledger.csv", "ledger.xlsx"])
def test_an_export_without_room_leaves_the_old_file_and_no_rest(tiny_disk, name):
    (tiny_disk / name).write_bytes(b"old")

    rows = ((os.urandom(200).hex(),) for _ in range(1000))
    with pytest.raises(OSError, match="No space left") as caught:
        write_table(tiny_disk / name, ["words"], rows, ["text"])

    assert caught.value.errno == errno.ENOSPC
    assert [path.name for path in tiny_disk.iterdir()] == [name]
    assert (tiny_disk / name).read_bytes() == b"old"


def command(folder, *words):
    env = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    env |= {"PORTAL_ENV": "test", "PORTAL_INSTANCE": str(folder)}
    return run_portal(*words, env=env)


def one_line(done):
    assert done.returncode == 1
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("INFO")]
    assert len(lines) == 1, done.stderr
    assert "full" in lines[0]
    return lines[0]


@pytest.mark.slow
def test_commands_say_in_one_line_that_the_disk_is_full(tmp_path, tiny_disk):
    good = tmp_path / "instance"
    assert command(good, "db", "upgrade").returncode == 0
    (good / "media").mkdir(exist_ok=True)
    (good / "media" / "photo.jpg").write_bytes(os.urandom(200_000))

    assert one_line(command(good, "backup", str(tiny_disk / "copy.tar.gz"))).startswith(
        "portal: the disk is full"
    )
    assert list(tiny_disk.iterdir()) == []

    assert "database" in one_line(command(tiny_disk / "instance", "db", "upgrade"))


def test_a_command_that_writes_to_a_full_device_says_so_in_one_line(monkeypatch, capsys):
    from portal.cli import main as cli

    def full(**_options):
        with open("/dev/full", "wb") as file:  # noqa: PTH123 - a device
            file.write(b"x")

    monkeypatch.setattr(cli, "portal", full)
    mask = os.umask(0o022)
    try:
        with pytest.raises(SystemExit) as caught:
            cli.main()
    finally:
        os.umask(mask)

    assert caught.value.code == 1
    assert capsys.readouterr().err.startswith("portal: the disk is full")
