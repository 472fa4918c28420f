"""Why a bar is missed, as far as it is known; the table of bars says it beside the bar, and only where it is missed."""

UNKNOWN = "not explained yet"
# A bar's name -> the reason; (the name, the database) where it holds for one of them.
REASONS: dict[str | tuple[str, str], str] = {
    "own rank on PostgreSQL against SQLite": (
        "two round trips to the server, 0.24 and 0.65 ms of 3.1; SQLite answers inside the worker"
    ),
    "a cadre's pages, largest against smallest size": (
        "a regional office's board counts its own rows, 9,000 of an index; the other pages stay within 1.1"
    ),
    "home of the nation, largest against smallest": (
        "1.7 ms count who has been silent among 100,000; the rest adds up sums of 325 branches"
    ),
    "board page of 100 against a key read": "101 rows become objects: that is half of the time",
    "the same, deep": (
        "counts who shares the page's first place, 12,000 here; PostgreSQL also plans each place anew"
    ),
    "304 against /healthz, 32 connections": "a 304 asks for the session and the board's version, /healthz for nothing",
    "the same beside 50 approvals a second": "as alone",
    "approving 25 against bare inserts": (
        "changes 25 reports, seals 25 events and moves 50 standings besides: 22 statements, SQL a fifth of the time"
    ),
    ("import against its floor", "sqlite"): (
        "of 70,000 rows 46,000 sign-ups are validated, points posted, 97,000 events sealed; the floor only stores"
    ),
    ("import against its floor", "postgresql"): (
        "the same; and PostgreSQL writes each changed sign-up, twice, into eleven indexes anew"
    ),
    "standings and ranks against DuckDB": (
        "three boards sorted by the database row by row; DuckDB sorts columns in memory on all processors"
    ),
    ("close against the same", "postgresql"): (
        "628,000 rows with their indexes are stored and 64 MB written and hashed; the same computes and stores 289,000"
    ),
    "repeat visit, kB": "the document alone, without styles: names and figures of a board, packed with gzip",
    "verify against the close": (
        "looks at all months and sums and at every seal, the close at its month; seals alone take the time of a close"
    ),
    ("longest wait beside a close, s", "sqlite"): (
        "a close stores all its rows under SQLite's lock at the end (decision 29)"
    ),
    "own rank against a peer's page": "read it only if the peer served its users' page from as many processes",
    ("longest wait beside an import, s", "sqlite"): (
        "storing and matching hold SQLite's lock in one transaction (decision 28)"
    ),
    "Lighthouse, performance": "only beside other work on the machine: it is blocking time",
    "durable commits against fdatasync": (
        "one client that waits for the disk: on PostgreSQL also for the server, and SQLAlchemy's part is in it"
    ),
}


def reason_of(bar: str, kind: str) -> str:
    """Return why a bar is missed on a database."""
    return REASONS.get((bar, kind)) or REASONS.get(bar) or UNKNOWN
