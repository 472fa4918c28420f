"""What should have left by push or e-mail and has not."""

from datetime import datetime

from sqlalchemy import func, select

from portal.database.extensions import db
from portal.domain.messages import CLAIM_LASTS
from portal.messages.models import Dispatch


def count_late(*, at: datetime) -> int:
    """Count the pointers that are long due: a sign that nobody sends, or that nobody takes them."""
    late = Dispatch.due_at < at - 3 * CLAIM_LASTS
    query = select(func.count(Dispatch.id)).where(Dispatch.status.in_(("waiting", "sending")), late)
    return db.session.scalars(query).one()
