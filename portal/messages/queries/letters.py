"""The office's letters: what was written in a scope, to whom, and how many have read it."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, func, select

from portal.accounts.models import User
from portal.cadres.models import Cadre
from portal.database.extensions import db
from portal.domain.actors import Actor
from portal.messages.models import Letter, Message
from portal.organisation.models import Branch
from portal.organisation.queries import in_scope

PAGE: Final = 20


def list_letters(actor: Actor, *, before: int | None = None) -> Sequence[Row[Any]]:
    """List the letters of the actor's scope, newest first, one more than a page shows."""
    x, m = Letter, Message
    got = select(func.count(m.id)).where(m.letter_id == x.id)
    query = (
        select(
            x.id, x.kind, x.text, x.sent_at, User.name.label("sender"), Cadre.name.label("cadre"),
            Branch.name.label("branch"), got.scalar_subquery().label("told"),
            got.where(m.read_at.is_not(None)).scalar_subquery().label("read"),
        )
        .join(User, User.id == x.sent_by)
        .join(Branch, Branch.id == x.branch_id)
        .outerjoin(Cadre, Cadre.id == x.cadre_id)
        .where(in_scope(actor, x.branch_id))
    )  # fmt: skip
    if before is not None:
        query = query.where(x.id < before)
    return db.session.execute(query.order_by(x.id.desc()).limit(PAGE + 1)).all()
