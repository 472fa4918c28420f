"""What somebody typed when their session had ended: kept sealed for an hour, for that person alone."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select

from portal import storage, vault
from portal.accounts.models import KeptForm, kept_context
from portal.database.extensions import db
from portal.database.guarded import change

KEPT_FOR: Final = timedelta(hours=1)
MAX_FORMS: Final = 5
MAX_FILE_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class KeptFile:
    """A file that was chosen in a form: its field, name, type and bytes."""

    field: str
    name: str
    mimetype: str
    data: bytes


@dataclass(frozen=True)
class SentForm:
    """A form as it was sent: its address, the page it was on, its fields in order, files to keep and files dropped."""

    action: str
    page: str
    fields: Iterable[tuple[str, str]]
    files: Iterable[KeptFile]
    lost: Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Kept:
    """A kept form: as it was sent, with the names of the files kept."""

    id: int
    action: str
    page: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    lost: tuple[tuple[str, str], ...]
    _stored: tuple[tuple[str, str, str, str], ...] = ()

    def open_files(self) -> list[KeptFile]:
        """Read the kept files."""
        return [
            KeptFile(field, name, kind, _open(stored, self.id)) for field, name, kind, stored in self._stored
        ]


def keep_form(form: SentForm, *, user_id: int, at: datetime) -> tuple[str, list[str]]:
    """Keep a form; return the token that finds it, and the stored files to delete after the commit."""
    token = secrets.token_urlsafe(24)
    number = db.session.execute(
        insert(KeptForm)
        .values(
            token_hash=vault.fingerprint("kept", token),
            user_id=user_id,
            body_sealed=b"",
            files=[],
            kept_at=at,
        )
        .returning(KeptForm.id),
    ).scalar_one()
    stored = [(one.field, one.name, one.mimetype, _store(one.data, number)) for one in form.files]
    body = {"action": form.action, "page": form.page, "fields": [*form.fields]}
    body |= {"stored": stored, "lost": [*form.lost]}
    row = db.session.get_one(KeptForm, number)
    row.body_sealed = vault.seal(json.dumps(body), context=kept_context(number))
    row.files = [name for *_, name in stored]
    db.session.flush()
    own = db.session.scalars(
        select(KeptForm.id).where(KeptForm.user_id == user_id).order_by(KeptForm.id.desc()).offset(MAX_FORMS),
    ).all()
    return token, _delete(own)


def find_kept(*, token: str, user_id: int, at: datetime) -> Kept | None:
    """Find a kept form of this person; None if it is somebody else's, too old, or gone."""
    row = db.session.scalars(
        select(KeptForm).where(
            KeptForm.token_hash == vault.fingerprint("kept", token),
            KeptForm.user_id == user_id,
            KeptForm.kept_at > at - KEPT_FOR,
        ),
    ).one_or_none()
    if row is None:
        return None
    body = json.loads(vault.unseal(row.body_sealed, context=kept_context(row.id)))
    return Kept(
        id=row.id,
        action=body["action"],
        page=body["page"],
        fields=tuple((name, value) for name, value in body["fields"]),
        files=tuple((field, name) for field, name, *_ in body["stored"]),
        lost=tuple((field, name) for field, name in body["lost"]),
        _stored=tuple((field, name, kind, stored) for field, name, kind, stored in body["stored"]),
    )


def drop_form(*, kept_id: int) -> list[str]:
    """Delete a form that was sent again; return the stored files to delete after the commit."""
    return _delete([kept_id])


def delete_old_forms(*, at: datetime) -> list[str]:
    """Delete the forms nobody came back for; return the stored files to delete after the commit."""
    return _delete(db.session.scalars(select(KeptForm.id).where(KeptForm.kept_at <= at - KEPT_FOR)).all())


def _delete(numbers: Iterable[int]) -> list[str]:
    numbers = list(numbers)
    if not numbers:
        return []
    files = db.session.scalars(select(KeptForm.files).where(KeptForm.id.in_(numbers))).all()
    change(delete(KeptForm).where(KeptForm.id.in_(numbers)))
    return [name for names in files for name in names]


def _store(data: bytes, number: int) -> str:
    """Seal a file's bytes as text, one character per byte, and store them."""
    sealed = vault.seal(data.decode("latin-1"), context=kept_context(number))
    return storage.save(sealed, kind="kept", suffix=".bin")


def _open(name: str, number: int) -> bytes:
    return vault.unseal(storage.open_bytes(name), context=kept_context(number)).encode("latin-1")
