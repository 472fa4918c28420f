"""The agenda: closed events and the activities that came of them agree (rules.md 12.4)."""

from collections.abc import Iterator

from portal.verification.queries.findings import Finding, each


def check_events() -> Iterator[Finding]:
    """Check that each cadre who attended a closed event has its one activity, or the reason why not; and no other."""
    yield from each(
        "who attended a closed event has neither an activity nor a reason",
        "SELECT e.id, t.cadre_id FROM events e JOIN event_attendance t ON t.event_id = e.id"
        " LEFT JOIN activities a ON a.event_id = e.id AND a.cadre_id = t.cadre_id"
        " WHERE e.status = 'closed' AND t.obstacle IS NULL"
        " AND (a.id IS NULL OR a.status NOT IN ('approved', 'rejected'))",
    )
    yield from each(
        "closing an event refused somebody an activity who has an approved one",
        "SELECT t.event_id, t.cadre_id FROM event_attendance t JOIN activities a"
        " ON a.event_id = t.event_id AND a.cadre_id = t.cadre_id"
        " WHERE t.obstacle NOT LIKE 'report%' AND a.status = 'approved'",
    )
    yield from each(
        "an activity names an event that its cadre did not attend",
        "SELECT a.ref FROM activities a LEFT JOIN event_attendance t"
        " ON t.event_id = a.event_id AND t.cadre_id = a.cadre_id"
        " WHERE a.event_id IS NOT NULL AND t.cadre_id IS NULL",
    )
    yield from each(
        "an activity is of another type or branch than its event",
        "SELECT a.ref FROM activities a JOIN events e ON e.id = a.event_id"
        " WHERE a.type <> e.type OR a.branch_id <> e.branch_id",
    )
    yield from each(
        "an event has given more seats than it has",
        "SELECT e.id FROM events e JOIN event_seats s ON s.event_id = e.id"
        " WHERE s.stepped_back_at IS NULL GROUP BY e.id, e.seats HAVING COUNT(*) > e.seats",
    )
