"""The media folder: files under random names, outside the web root, complete or not there at all."""

import os
import re
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.database.extensions import db
from portal.domain.errors import NotFound

_NAME: Final = re.compile(r"[a-z]{1,16}/[0-9a-f]{2}/[0-9a-f]{32}(\.[a-z0-9]{1,5})?")
_KIND: Final = re.compile(r"[a-z]{1,16}")
_TO_DELETE: Final = "files to delete when committed"
_SUFFIX: Final = re.compile(r"(\.[a-z0-9]{1,5})?")


@dataclass
class _Store:
    """Where this process stores its files."""

    root: Path | None = None


_store = _Store()


def configure(root: Path | str) -> None:
    """Set the folder; it is created readable by the portal's own account only."""
    folder = Path(root).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _store.root = folder


def root() -> Path:
    """Return the folder, for backups."""
    if _store.root is None:
        raise RuntimeError("the media folder is not set; call storage.configure() first")
    return _store.root


def save(data: bytes, *, kind: str, suffix: str = "") -> str:
    """Store bytes and return their name, `kind/ab/<random><suffix>`; they are on disk when this returns."""
    if not _KIND.fullmatch(kind) or not _SUFFIX.fullmatch(suffix):
        raise ValueError(f"a kind is a short word and a suffix an ending: {kind!r}, {suffix!r}")
    token = secrets.token_hex(16)
    name = f"{kind}/{token[:2]}/{token}{suffix}"
    target = root() / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix=".partial-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(target)
    finally:
        Path(partial).unlink(missing_ok=True)
    _sync_folder(target.parent)
    return name


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def path_of(name: str) -> Path:
    """Return the path of a stored file; a name that save() did not make raises NotFound."""
    if not _NAME.fullmatch(name):
        raise NotFound("storage.not_found")
    path = root() / name
    if not path.resolve().is_relative_to(root()):
        raise NotFound("storage.not_found")
    return path


def open_bytes(name: str) -> bytes:
    """Read a stored file; NotFound if there is none of that name."""
    try:
        return path_of(name).read_bytes()
    except FileNotFoundError:
        raise NotFound("storage.not_found") from None


def delete(name: str) -> None:
    """Delete a stored file; one that is already gone is no error."""
    path_of(name).unlink(missing_ok=True)


def delete_when_committed(name: str) -> None:
    """Delete a stored file once the current transaction is committed; after a rollback the file stays.

    A process that dies in between leaves a file that no row names, never a row without its file.
    """
    path_of(name)
    db.session().info.setdefault(_TO_DELETE, []).append(name)


@event.listens_for(Session, "after_commit")
def _delete_doomed(session: Session) -> None:
    for name in session.info.pop(_TO_DELETE, ()):
        delete(name)


@event.listens_for(Session, "after_rollback")
def _spare_doomed(session: Session) -> None:
    session.info.pop(_TO_DELETE, None)
