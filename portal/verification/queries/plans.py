"""Plans as data: documents that nobody rewrote, versions that a second person approved."""

from collections.abc import Iterator

from sqlalchemy import select

from portal.domain.plans import content_hash
from portal.incentives.models import PlanVersion
from portal.verification.queries.findings import Finding, each, found, rows


def check_documents() -> Iterator[Finding]:
    """Hash every plan's document again, and check that a second person approved it; by command both are one act."""
    query = select(PlanVersion.code, PlanVersion.version, PlanVersion.document, PlanVersion.content_hash)
    for row in rows(query.order_by(PlanVersion.id)):
        if content_hash(row.document) != row.content_hash:
            yield found("a plan's document is not the one that was loaded", row.code, row.version)
    yield from each(
        "a plan's version was loaded and approved by one person",
        "SELECT code, version FROM plan_versions WHERE approved_by = loaded_by AND approved_at <> loaded_at",
    )
    yield from each(
        "a month was paid by a plan version that nobody approved",
        "SELECT DISTINCT l.month, l.plan_code, l.plan_version FROM statement_lines l LEFT JOIN plan_versions p"
        " ON p.code = l.plan_code AND p.version = l.plan_version WHERE p.approved_at IS NULL",
    )
