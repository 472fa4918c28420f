"""portal backup: a consistent copy of database and media while the portal runs (SQLite)."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from portal.cli.archive import (
    ForRecipients,
    Sealing,
    Stream,
    UnderPassphrase,
    Unencrypted,
    WrongKey,
    pack,
    read_passphrase,
)
from portal.cli.session import READ_FILE, WRITTEN_FILE
from portal.config import Config, read_config
from portal.database.extensions import sqlite_module
from portal.domain.errors import RuleBroken

FORMAT = "portal-backup-1"


def sqlite_file(config: Config) -> Path:
    """Return the database file; PostgreSQL has its own tools for this."""
    if not config.sqlite:
        raise RuleBroken("backup.use_pg_dump")
    return Path(config.database_url.split("///", 1)[1])


def key_mark(config: Config) -> str:
    """Return a mark by which a restore recognises the keys, and which reveals nothing else."""
    return hashlib.sha256(b"portal-backup" + config.index_key).hexdigest()[:16]


def copy_database(source: Path, target: Path) -> None:
    """Copy through SQLite's backup interface: complete and consistent, however many write meanwhile."""
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


def write_backup(config: Config, target: Path, sealing: Sealing | None = None) -> int:
    """Write the archive under its final name only when it is complete; return the number of media files.

    The database is copied before the media: a photo's file is written before its row, so no row of the copy can
    lack its file. Meanwhile the copy lies next to the database, never in a shared folder.
    """
    source = sqlite_file(config)
    if not source.exists():
        raise RuleBroken("backup.nothing_there", {"file": source.name})
    handle, name = tempfile.mkstemp(dir=target.resolve().parent, prefix=f".{target.name}.")
    partial = Path(name)
    try:
        with (
            os.fdopen(handle, "wb") as file,
            tempfile.TemporaryDirectory(dir=source.parent, prefix=".backup-") as folder,
        ):
            copy = Path(folder) / "portal.db"
            copy_database(source, copy)
            manifest = {"format": FORMAT, "keys": key_mark(config), "sha256": sha256_of(copy)}
            media = list(_media_of(config))
            members: list[tuple[str, bytes | Path]] = [
                ("manifest.json", json.dumps(manifest, sort_keys=True).encode()),
                ("portal.db", copy),
                *media,
            ]
            (sealing or Unencrypted()).write(Stream(pack(members)), file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return len(media)


def _media_of(config: Config) -> Iterator[tuple[str, Path]]:
    """List the complete media files."""
    for path in sorted(config.media.rglob("*")) if config.media.exists() else []:
        if path.is_file() and not path.name.startswith("."):
            yield f"media/{path.relative_to(config.media)}", path


def sha256_of(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sealing_of(recipients: tuple[str, ...], passphrase_file: Path | None) -> Sealing:
    """Return how the archive is written; a malformed key is bad usage."""
    if recipients and passphrase_file:
        raise click.UsageError("give --recipient or --passphrase-file, not both")
    try:
        if passphrase_file:
            return UnderPassphrase(read_passphrase(passphrase_file))
        return ForRecipients(recipients) if recipients else Unencrypted()
    except WrongKey as problem:
        raise click.UsageError(str(problem)) from None


@click.command()
@click.argument("file", type=WRITTEN_FILE)
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="age1…",
    help="Encrypt for the holder of this public key of age; may be given more than once.",
)
@click.option(
    "--passphrase-file",
    type=READ_FILE,
    help="Encrypt under the passphrase in the first line of this file.",
)
def command(file: Path, recipients: tuple[str, ...], passphrase_file: Path | None) -> None:
    """Write a copy of database and media to FILE. The keys of instance/ are not in it."""
    sealing = sealing_of(recipients, passphrase_file)
    count = write_backup(read_config(), file, sealing)
    how = "" if isinstance(sealing, Unencrypted) else ", encrypted"
    click.echo(f"Backed up the database and {count} media files to {file}{how}.")
