"""portal restore: bring a backup into an empty instance."""

import gzip
import json
import shutil
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import Any

import click

from portal.cli.archive import WrongKey, open_archive, read_identities, read_passphrase
from portal.cli.backup import FORMAT, key_mark, sha256_of, sqlite_file
from portal.cli.session import READ_FILE
from portal.config import Config, read_config
from portal.domain.errors import RuleBroken


def read_backup(
    config: Config, source: Path, *, identities: list[str] | None = None, passphrase: str | None = None
) -> int:
    """Check the whole archive, then put database and media in place; return the number of media files."""
    target = sqlite_file(config)
    if target.exists() or (config.media.exists() and any(config.media.iterdir())):
        raise RuleBroken("backup.not_empty")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".restore-") as folder:
        root = Path(folder)
        packed = root / "archive.tar.gz"
        with packed.open("wb") as file:
            open_archive(source, file, identities=identities or [], passphrase=passphrase)
        manifest = _unpack(packed, root, source.name)
        if manifest.get("format") != FORMAT or manifest.get("sha256") != sha256_of(root / "portal.db"):
            raise RuleBroken("backup.unreadable", {"file": source.name})
        if manifest.get("keys") != key_mark(config):
            raise RuleBroken("backup.other_keys")
        media = root / "media"
        count = 0
        if media.exists():
            count = sum(1 for path in media.rglob("*") if path.is_file())
            if config.media.exists():
                config.media.rmdir()
            shutil.move(media, config.media)
        # The database comes last: without it the instance is still empty and the restore can be run again.
        shutil.move(root / "portal.db", target)
    return count


def _unpack(packed: Path, root: Path, name: str) -> dict[str, Any]:
    """Unpack an archive, readable only by the owner whatever the archive says; return its manifest."""
    try:
        with tarfile.open(packed, "r:gz") as archive:
            archive.extractall(root, filter=_owner_only)  # noqa: S202 - the data filter, and stricter
        packed.unlink()
        manifest: dict[str, Any] = json.loads((root / "manifest.json").read_text())
        sha256_of(root / "portal.db")
    except (tarfile.TarError, EOFError, ValueError, zlib.error, FileNotFoundError, gzip.BadGzipFile):
        raise RuleBroken("backup.unreadable", {"file": name}) from None
    return manifest


def _owner_only(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """Apply the data filter, and remove the rights of others."""
    safe = tarfile.data_filter(member, folder)
    return safe.replace(mode=0o700 if safe.isdir() else 0o600, deep=False)


@click.command()
@click.argument("file", type=READ_FILE)
@click.option(
    "--identity",
    type=READ_FILE,
    help="The file with the age identity that the backup was encrypted for.",
)
@click.option(
    "--passphrase-file",
    type=READ_FILE,
    help="The file whose first line is the passphrase.",
)
def command(file: Path, identity: Path | None, passphrase_file: Path | None) -> None:
    """Restore FILE into an empty instance that holds the same keys."""
    try:
        identities = read_identities(identity) if identity else []
        passphrase = read_passphrase(passphrase_file) if passphrase_file else None
        count = read_backup(read_config(), file, identities=identities, passphrase=passphrase)
    except WrongKey as problem:
        raise click.UsageError(str(problem)) from None
    click.echo(f"Restored the database and {count} media files.")
