"""Host bodies' amounts: taken of what the lines of their earned month say, for the host body held in it."""

from collections.abc import Iterator

from portal.domain.incentives import HOST_BASE
from portal.verification.queries.findings import Finding, each

_COMPONENTS = ", ".join(f"'{name}'" for name in sorted(HOST_BASE))
# Months closed before block H kept whole bases, not differences (docs/decisions/0014).
_WHOLE = "SELECT month FROM months WHERE digest_format IS NULL"


def check_hosts() -> Iterator[Finding]:
    """Hold each base and each host body against the lines and terms of the earned month."""
    yield from each(
        "a host amount is not taken of the lines of its earned month",
        "SELECT h.original_month, h.cadre_id FROM host_amounts h GROUP BY h.cadre_id, h.original_month"
        f" HAVING SUM(CASE WHEN h.month IN ({_WHOLE}) THEN 1 ELSE 0 END) = 0 AND SUM(h.base) <>"
        " (SELECT COALESCE(SUM(l.amount), 0) FROM statement_lines l WHERE l.cadre_id = h.cadre_id"
        f" AND l.original_month = h.original_month AND l.component IN ({_COMPONENTS}))",
    )
    yield from each(
        "a host amount names another host body than the one held in its earned month",
        "SELECT h.month, h.original_month, h.cadre_id, h.host_code FROM host_amounts h"
        " LEFT JOIN cadre_terms t ON t.cadre_id = h.cadre_id AND t.from_month = (SELECT MAX(u.from_month)"
        " FROM cadre_terms u WHERE u.cadre_id = h.cadre_id AND u.from_month <= h.original_month)"
        " LEFT JOIN host_bodies b ON b.id = t.host_body_id WHERE b.code IS NULL OR b.code <> h.host_code",
    )
