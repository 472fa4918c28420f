"""Plans as data: documents that nobody rewrote, versions that a second person approved."""

from collections.abc import Iterator

from sqlalchemy import select

from portal.domain.plans import Plan, content_hash
from portal.incentives.models import PlanVersion
from portal.incentives.queries.plans import get_plan
from portal.verification.queries.findings import Finding, each, found, rows


class Plans:
    """Plan versions, each read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Plan] = {}

    def get(self, code: str, version: int) -> Plan:
        """Return a version of a plan."""
        if (code, version) not in self._known:
            self._known[code, version] = get_plan(code, version).plan
        return self._known[code, version]


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
