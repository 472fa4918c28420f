"""What a cadre chose to show."""

from sqlalchemy import select

from portal.database.extensions import db
from portal.recognition.models import RecognitionChoice
from portal.recognition.queries.progress import Choices


def get_choices(cadre_id: int) -> Choices:
    """Return a cadre's choices; who never chose hides nothing and has no public page."""
    c = RecognitionChoice
    columns = (c.hide_level, c.hide_streak, c.hide_badges, c.hide_league, c.public_code, c.name_shown)
    row = db.session.execute(select(*columns).where(c.cadre_id == cadre_id)).one_or_none()
    return Choices() if row is None else Choices(*row)
