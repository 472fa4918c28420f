"""portal restore: bring a backup into an empty instance."""

import json
import shutil
import tarfile
import tempfile
from pathlib import Path

import click

from portal.cli.backup import FORMAT, key_mark, sha256_of, sqlite_file
from portal.config import Config, read_config
from portal.domain.errors import RuleBroken


def read_backup(config: Config, source: Path) -> int:
    """Check the archive whole, then put database and media in place; return the number of media files."""
    target = sqlite_file(config)
    if target.exists() or (config.media.exists() and any(config.media.iterdir())):
        raise RuleBroken("backup.not_empty")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        root = Path(folder)
        try:
            with tarfile.open(source, "r:gz") as archive:
                archive.extractall(root, filter="data")
            note = json.loads((root / "manifest.json").read_text())
        except (tarfile.TarError, OSError, EOFError, ValueError):
            raise RuleBroken("backup.unreadable", {"file": source.name}) from None
        if note.get("format") != FORMAT or note.get("sha256") != sha256_of(root / "portal.db"):
            raise RuleBroken("backup.unreadable", {"file": source.name})
        if note.get("keys") != key_mark(config):
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


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Restore FILE into an empty instance that holds the same keys."""
    count = read_backup(read_config(), file)
    click.echo(f"Restored the database and {count} media files.")
