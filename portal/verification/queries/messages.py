"""Messages: each has the event that causes its kind, and the kept number of unread ones is a fresh count."""

from collections.abc import Iterator

from portal.domain.messages import HEARD
from portal.verification.queries.findings import Finding, each

_TO_DOERS = ", ".join(f"'{heard.kind}'" for heard in HEARD if heard.to_doer)
_CAUSED = " OR ".join(f"m.kind = '{heard.kind}' AND e.act = '{heard.act}'" for heard in HEARD)


def check_events() -> Iterator[Finding]:
    """Check that each message has an event that causes it, at its moment and by somebody else than its reader."""
    yield from each(
        "a message has no event that causes it",
        "SELECT m.id FROM messages m LEFT JOIN audit_events e ON e.id = m.event_id"
        f" WHERE e.id IS NULL OR e.at <> m.at OR e.subject_id <> m.subject OR NOT ({_CAUSED}) ORDER BY m.id",
    )
    yield from each(
        "a message tells somebody what they did themselves",
        "SELECT m.id FROM messages m JOIN audit_events e ON e.id = m.event_id"
        f" WHERE e.actor_id = m.user_id AND m.kind NOT IN ({_TO_DOERS}) ORDER BY m.id",
    )


def check_moments() -> Iterator[Finding]:
    """Check the kept number of moments that wait for each person."""
    yield from each(
        "the kept number of moments differs from a fresh count",
        "SELECT u.id FROM users u LEFT JOIN (SELECT c.user_id, COUNT(*) AS n FROM moments m"
        " JOIN cadres c ON c.id = m.cadre_id WHERE m.shown_at IS NULL GROUP BY c.user_id) w ON w.user_id = u.id"
        " WHERE u.moments <> COALESCE(w.n, 0) ORDER BY u.id",
    )


def check_unread() -> Iterator[Finding]:
    """Check the kept number of unread messages of each person."""
    yield from each(
        "the kept number of unread messages differs from a fresh count",
        "SELECT u.id FROM users u LEFT JOIN (SELECT user_id, COUNT(*) AS n FROM messages WHERE read_at IS NULL"
        " GROUP BY user_id) c ON c.user_id = u.id WHERE u.unread <> COALESCE(c.n, 0) ORDER BY u.id",
    )
