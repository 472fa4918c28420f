"""Messages in the demo: a letter, praise, and what the reader makes of the trail; most is read, nothing is sent."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update

from portal.accounts.models import User
from portal.audit import AuditEvent
from portal.database.extensions import db
from portal.database.guarded import change
from portal.demo.people import Member
from portal.domain.actors import Actor, Signature
from portal.domain.messages import Preferences
from portal.messages.models import Message, MessageRun
from portal.messages.services.letters import Written, send_branch_letter, send_praise
from portal.messages.services.preferences import set_preferences
from portal.messages.services.reading import read_trail

_LETTER: Final = (
    "Rapat bulanan hari Senin jam 9 di kantor cabang.\n\n"
    "Bawa daftar hadir yang belum difoto. Yang jauh boleh lewat telepon."
)
_PRAISE: Final = "Selamat, %s! Bulan lalu Anda paling banyak melindungi keluarga di Palembang. Teruskan."
_ALL: Final = 10**9
_END: Final = 5_000  # events


def write_letters(cast: Sequence[Member], supervisor: Actor, *, end: datetime, seed: int) -> None:
    """Let the supervisor write to the branch and congratulate the first of the cast, who chose what may ring."""
    first = cast[0]
    if first.id is None or first.user_id is None or supervisor.branch_id is None:
        return
    by = Signature(supervisor, end - timedelta(hours=26))
    ref = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}/letter"))
    send_branch_letter(branch_id=supervisor.branch_id, written=Written(ref, _LETTER), by=by)
    by = Signature(supervisor, end - timedelta(hours=3))
    ref = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}/praise"))
    send_praise(cadre_id=first.id, written=Written(ref, _PRAISE % first.name.split()[0]), by=by)
    reader = Actor(user_id=first.user_id, role="cadre", name=first.name)
    chosen = Preferences(frozenset({"mail.reports"}), 20, 6)
    set_preferences(chosen=chosen, by=Signature(reader, by.at))


def tell(*, end: datetime, whole: bool) -> None:
    """Read the trail, of a large demo only its end; what is older than two days is read, and nothing of it goes out."""
    if not whole:
        newest_event = db.session.scalars(select(func.max(AuditEvent.id))).one()
        begins = max(0, newest_event - _END)
        change(update(MessageRun).values(settled=begins, seen=begins))
    read_trail(at_once=_ALL)
    newest = db.session.scalars(select(func.coalesce(func.max(Message.id), 0))).one()
    change(update(MessageRun).values(settled=MessageRun.seen, horizon=None, planned=newest))
    change(
        update(Message).where(Message.at < end - timedelta(days=2)).values(read_at=end - timedelta(days=1))
    )
    unread = select(func.count(Message.id)).where(Message.user_id == User.id, Message.read_at.is_(None))
    change(update(User).values(unread=unread.scalar_subquery()))
