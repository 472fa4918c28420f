"""As of which day the stored extracts are."""

from datetime import date

from sqlalchemy import func, select

from portal.database.extensions import db
from portal.membership.models import ExtractImport


def find_newest_as_of() -> date | None:
    """Return the day of the newest applied extract."""
    query = select(func.max(ExtractImport.as_of)).where(ExtractImport.status == "applied")
    return db.session.execute(query).scalar_one()
