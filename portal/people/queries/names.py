"""The present names of all cadres, for exports of frozen rows (rules.md 1.6)."""

from sqlalchemy import select

from portal.extensions import db
from portal.people.models import Cadre


def cadre_names() -> dict[int, str]:
    """Map every cadre to the name of now."""
    return {row.id: row.name for row in db.session.execute(select(Cadre.id, Cadre.name))}
