"""Why a bar is missed, as far as it is known; the table of bars says it beside the bar, and only where it is missed."""

UNKNOWN = "not explained yet"
# A bar's name -> the reason; (the name, the database) where it holds for one of them.
REASONS: dict[str | tuple[str, str], str] = {
    "own rank against a peer's page": "read it only if the peer served its users' page from as many processes",
    ("longest wait beside an import, s", "sqlite"): (
        "storing and matching hold SQLite's lock in one transaction (decision 28)"
    ),
    "Lighthouse, performance": (
        "of what was lost beside other work all was blocking time; paint within 1.2 s, no shift"
    ),
    "durable commits against fdatasync": (
        "one client that waits for the disk: on PostgreSQL also for the server, and SQLAlchemy's part is in it"
    ),
}


def reason_of(bar: str, kind: str) -> str:
    """Return why a bar is missed on a database."""
    return REASONS.get((bar, kind)) or REASONS.get(bar) or UNKNOWN
