"""The names behind aliases, for staff: other cadres see the alias alone (rules.md 9.4, 11.6)."""

from collections.abc import Collection

from sqlalchemy import select

from portal.cadres.models import Cadre
from portal.database.bulk import one_of
from portal.database.extensions import db


def real_names(cadre_ids: Collection[int]) -> dict[int, str]:
    """Return the names of those of these cadres who stand on boards under an alias."""
    if not cadre_ids:
        return {}
    query = select(Cadre.id, Cadre.name).where(one_of(Cadre.id, cadre_ids), Cadre.alias.is_not(None))
    return dict(db.session.execute(query).tuples().all())
