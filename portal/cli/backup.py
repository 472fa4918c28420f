"""portal backup: a consistent copy of database and media while the portal runs (SQLite)."""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from pathlib import Path

import click

from portal.config import Config, read_config
from portal.domain.errors import RuleBroken
from portal.extensions import sqlite_module

FORMAT = "portal-backup-1"


def sqlite_file(config: Config) -> Path:
    """Return the database file; PostgreSQL has its own tools for this."""
    if not config.sqlite:
        raise RuleBroken("backup.use_pg_dump")
    return Path(config.database_url.split("///", 1)[1])


def key_mark(config: Config) -> str:
    """Return a mark by which a restore recognises the keys, and nobody else anything."""
    return hashlib.sha256(b"portal-backup" + config.index_key).hexdigest()[:16]


def copy_database(source: Path, target: Path) -> None:
    """Copy through SQLite's backup interface: whole and consistent, however many write meanwhile."""
    reading = sqlite_module.connect(str(source), timeout=30)
    writing = sqlite_module.connect(str(target))
    try:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")
        found = writing.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        writing.close()
        reading.close()
    if found != "ok":
        raise RuleBroken("backup.not_whole", {"found": found})


def write_backup(config: Config, target: Path) -> int:
    """Write the archive under its final name only when it is whole; return the number of media files.

    The database is copied before the media: a photo's file is written before its row, so no row of the copy can
    lack its file.
    """
    source = sqlite_file(config)
    if not source.exists():
        raise RuleBroken("backup.nothing_there", {"file": source.name})
    handle, name = tempfile.mkstemp(dir=target.resolve().parent, prefix=f".{target.name}.")
    os.close(handle)
    partial = Path(name)
    count = 0
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            tarfile.open(partial, "w:gz", compresslevel=6) as archive,
        ):
            copy = Path(folder) / "portal.db"
            copy_database(source, copy)
            note = {"format": FORMAT, "keys": key_mark(config), "sha256": sha256_of(copy)}
            _add_text(archive, "manifest.json", json.dumps(note, sort_keys=True))
            archive.add(copy, "portal.db")
            for path in sorted(config.media.rglob("*")) if config.media.exists() else []:
                if path.is_file() and not path.name.startswith("."):
                    archive.add(path, f"media/{path.relative_to(config.media)}")
                    count += 1
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return count


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(text.encode())
    archive.addfile(info, io.BytesIO(text.encode()))


def sha256_of(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Write a copy of database and media to FILE. The keys of instance/ are not in it."""
    count = write_backup(read_config(), file)
    click.echo(f"Backed up the database and {count} media files to {file}.")
