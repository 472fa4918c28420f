"""What a moment says: the badge or level behind it, as it is defined."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal.database.extensions import db
from portal.domain.recognition.definitions import Badge, Levels, read_badge, read_levels
from portal.recognition.models import Definition
from portal.recognition.queries.definitions import LEVELS


def find_badge(code: str, version: int) -> Badge | None:
    """Return a version of a badge; None if there is none."""
    document = _document("badge", code, Definition.version == version)
    return None if document is None else read_badge(code, version, document)


def find_levels() -> Levels | None:
    """Return the levels as approved last; None if none were."""
    document = _document("levels", LEVELS, Definition.status == "approved")
    return None if document is None else read_levels(document)


def _document(kind: str, code: str, which: Any) -> Mapping[str, Any] | None:
    query = select(Definition.document).where(Definition.kind == kind, Definition.code == code, which)
    newest: Mapping[str, Any] | None = db.session.execute(
        query.order_by(Definition.version.desc()).limit(1)
    ).scalar_one_or_none()
    return newest
