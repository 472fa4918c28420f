"""Retention points: each step that contributions reached has exactly one entry, posted or waiting."""

from collections.abc import Iterator
from typing import Final

from portal.domain.months import first_day
from portal.domain.points import RETENTION_MONTHS, earned_on_retention
from portal.verification.queries.findings import Finding, day, each, found, rows

_STEPS: Final = ", ".join(str(number) for number in RETENTION_MONTHS)
_REACHED: Final = (
    "FROM contributions c JOIN signups s ON s.id = c.signup_id AND s.status = 'validated'"
    f" WHERE c.number IN ({_STEPS})"
)
_KIND: Final = "'retention_' || CAST(c.number AS VARCHAR(4))"


def check_retention() -> Iterator[Finding]:
    """Compare the steps reached with the entries, in both directions."""
    yield from each(
        "a retention step that was reached has no entry",
        f"SELECT s.ref, c.number {_REACHED}"
        f" AND NOT EXISTS (SELECT 1 FROM ledger_entries e WHERE e.source = 'signup:' || s.ref AND e.kind = {_KIND})"
        f" AND NOT EXISTS (SELECT 1 FROM waiting_entries w WHERE w.source = 'signup:' || s.ref AND w.kind = {_KIND})",
    )
    for table, still in (
        ("ledger_entries", " AND NOT EXISTS (SELECT 1 FROM ledger_entries r WHERE r.reverses = e.id)"),
        ("waiting_entries", ""),
    ):
        yield from each(
            "a retention entry stands for a step that was not reached",
            f"SELECT e.source, e.kind FROM {table} e WHERE e.kind IN ('retention_3', 'retention_6', 'retention_12')"
            f"{still} AND NOT EXISTS (SELECT 1 {_REACHED} AND s.ref = SUBSTR(e.source, 8) AND {_KIND} = e.kind)",
        )
    yield from _check_dates()


def _check_dates() -> Iterator[Finding]:
    """Check that waiting entries follow the contribution as known now, and that posted dates belong to one."""
    query = (
        "SELECT w.id, w.earned_on, c.blth, c.paid_on FROM waiting_entries w"
        " JOIN signups s ON s.ref = SUBSTR(w.source, 8) AND w.source LIKE 'signup:%'"
        f" JOIN contributions c ON c.signup_id = s.id AND {_KIND} = w.kind"
    )
    for row in rows(query):
        if earned_on_retention(first_day(row.blth), day(row.paid_on)) != day(row.earned_on):
            yield found("a waiting retention entry is not dated as its contribution is now", row.id, row.blth)
    # A corrected payment date leaves the posted date as it was: the replaced row still has it.
    yield from each(
        "a retention entry is dated as no contribution of its sign-up",
        "SELECT e.id, e.source FROM ledger_entries e JOIN signups s ON s.ref = SUBSTR(e.source, 8)"
        " WHERE e.kind IN ('retention_3', 'retention_6', 'retention_12') AND NOT EXISTS"
        " (SELECT 1 FROM contributions c LEFT JOIN contribution_conflicts k"
        " ON k.participant_id = c.participant_id AND k.blth = c.blth"
        " WHERE c.participant_id = s.participant_id AND (c.paid_on = e.earned_on OR k.new_paid_on = e.earned_on"
        " OR c.blth || '-01' = CAST(e.earned_on AS VARCHAR(10))))",
    )
